-- A commit that expects no conflict asks for everything at once. This ends it whole where its quota doesn't fit.
create function commit_requires(claimed numeric, wanted numeric) returns void language plpgsql as $$
begin
    if claimed is distinct from wanted then
        raise exception 'A commit met a conflict and is tried step by step.' using errcode = 'TK001';
    end if;
end
$$;

-- Keys arrive in the order of their time, so a summary of block ranges finds the old ones; a B-tree would cost each commit as much as the keys themselves.
drop index batch_keys_received_at;
create index batch_keys_received_at on batch_keys using brin (received_at) with (autosummarize = on);
