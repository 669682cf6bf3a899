namespace TelemetryKit.Storage.Database;

/// <summary>Statements on the table <c>install_generations</c> that both databases understand.</summary>
internal static class InstallGenerations
{
    /// <summary>Starts the next generation of both environments of the project <c>@projectId</c>.</summary>
    public const string IncreaseSql =
        """
        insert into install_generations as g (project_id, env, generation) values (@projectId, 0, 1), (@projectId, 1, 1)
        on conflict (project_id, env) do update set generation = g.generation + 1
        """;
}
