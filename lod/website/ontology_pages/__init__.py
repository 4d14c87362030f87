"""The pages about the model: terms, shapes and a picture of the classes, in French and English."""
