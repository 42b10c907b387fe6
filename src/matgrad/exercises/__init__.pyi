from matgrad.exercises.exercise import Exercise as Exercise
from matgrad.exercises.generate import new_seed as new_seed, practice as practice
from matgrad.exercises.session import Reply as Reply, Session as Session, Tone as Tone
from matgrad.exercises.topic import TOPICS as TOPICS, Topic as Topic
