using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage;

namespace TelemetryKit.Bench.Support;

/// <summary>A project with its keys, added to the store before the server starts.</summary>
/// <param name="Name">The name.</param>
/// <param name="WriteKey">A live key.</param>
/// <param name="ReadKey">A read key.</param>
public sealed record BenchProject(string Name, string WriteKey, string ReadKey)
{
    /// <summary>The id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Adds projects to a database.</summary>
    public static async Task<BenchProject[]> MakeAsync(BenchDatabase database, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(names);
        await using var store = StoreFactory.Create(
            new StorageOptions
            {
                PostgresConnectionString = database.ConnectionString, DataFolder = database.Folder, Secrets = BenchDatabase.Secrets,
            },
            TimeProvider.System);
        await store.MigrateAsync(CancellationToken.None);
        var tenant = await store.Projects.EnsureDefaultTenantAsync(CancellationToken.None);
        var projects = new List<BenchProject>();
        foreach (var name in names)
        {
            var project = await store.Projects.EnsureProjectAsync(tenant, name, CancellationToken.None);
            var writeKey = await AddKeyAsync(store, project, KeyKind.Live);
            var readKey = await AddKeyAsync(store, project, KeyKind.Read);
            projects.Add(new BenchProject(name, writeKey, readKey) { Id = project.Ref.ProjectId });
        }

        return [.. projects];
    }

    private static async Task<string> AddKeyAsync(IStore store, Project project, KeyKind kind)
    {
        var key = ApiKey.Generate(kind);
        await store.Keys.EnsureAsync(NewKey.Of(project.Ref.ProjectId, kind, key, DateTimeOffset.UtcNow), CancellationToken.None);
        return key;
    }
}
