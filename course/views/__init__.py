"""Other views of the one source: notebooks for students, teachers, slides and Colab, and what a learner has solved."""
