"""The Model Context Protocol, at `/mcp` and over standard input: tools for a language model.

- `definitions`: the tools as `site/mcp/outils.toml` states them
- `messages`: JSON-RPC messages and their answers, whatever the transport
- `endpoint`: the transport over HTTP; `stdio`: the transport over standard input and output
- `tools`: what each tool answers, from search, reconciliation, queries and the store
- `schema`: the tool that describes classes and properties
- `answers`: the answer of a tool, and what every answer says
- `questions`: one question with its references and its quoted texts
- `tables`: rows of a query
"""
