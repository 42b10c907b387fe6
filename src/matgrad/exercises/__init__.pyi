from matgrad.exercises.exercise import Exercise as Exercise
from matgrad.exercises.generate import TOPICS as TOPICS, new_seed as new_seed, practice as practice
from matgrad.exercises.session import Reply as Reply, Session as Session, Tone as Tone
from matgrad.exercises.topic import Topic as Topic
