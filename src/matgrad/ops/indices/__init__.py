"""Sums over data and entries: indices, families, and what is bound over a range.

An index is a dimension whose name a sum binds; its name is made of what the sum says, so that the names
that people type do not matter and no index of one sum is taken for that of another. A member or an entry is
read off a variable by a unit vector of a symbolic place (``y_i`` is e_iᵀy, ``x_i`` is Xᵀe_i), or, for
families of matrices, by :class:`~matgrad.ops.indices.members.Member`: so every derivative, check and
program that knows matrices knows them.

| file | holds |
|---|---|
| ``conditions`` | ``i < j``, ``i = k``: what holds between indices, decided where it can be |
| ``binding`` | substitution of indices that captures nothing, and the names of bound ones |
| ``guard`` | :class:`Guard`: something where conditions hold and 0 elsewhere; δ_ij is one |
| ``sums`` | :class:`IndexedSum`, and Σ brought to canonical form |
| ``indexed_products`` | :class:`IndexedProduct` |
| ``members`` | :class:`Family`, a stack of members; members by place, and what is placed in a stack |
| ``stacks`` | members side by side in one array, for programs that are batched |
| ``reading`` | the part of a gradient that belongs to one member or entry: Σ_i δ_ik g(i) = g(k) |

Above it: ``calculus/scopes`` goes into a sum forwards and backwards, ``numeric/evaluate`` evaluates one,
``rewrite/lifting`` brings it to matrix form, ``printing/index_names`` gives bound indices letters,
``language/indexed`` reads it.
"""
