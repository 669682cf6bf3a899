using TelemetryKit.Api.Settings;
using TelemetryKit.Grains.Accounts.Storage;
using TelemetryKit.Grains.Projects;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Api.Start;

/// <summary>Bootstrap keys that can't be used, as a sentence that shows no key.</summary>
internal sealed class BootstrapException(string sentence) : Exception(sentence);

/// <summary>A key of the project, with whether it may be shown whole: only one that was made just now, which nobody could see otherwise.</summary>
internal sealed record BootstrapKey(KeyKind Kind, string Text, bool IsNew);

/// <summary>Makes the default tenant and project, and its keys: those of the settings, or on the very first start three new ones.</summary>
internal sealed class Bootstrap(IProjectStore store, IAccountStore accounts, ServerSettings settings, TimeProvider time)
{
    private const string Once = "once";
    private const string AddressKeys = "address-keys";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private readonly Guid _holder = Guid.NewGuid();

    /// <summary>The project's name.</summary>
    public const string ProjectName = "default";

    /// <summary>Does it. Doing it again changes nothing. Answers the keys to tell the operator of.</summary>
    public async Task<IReadOnlyList<BootstrapKey>> RunAsync(CancellationToken cancellationToken)
    {
        await OnceAsync(AddressKeys, async () => await accounts.Accounts.RenewKeysAsync(cancellationToken), cancellationToken);
        var tenant = await store.EnsureDefaultTenantAsync(cancellationToken);
        var project = await store.EnsureProjectAsync(tenant, ProjectName, cancellationToken);
        var keys = new List<BootstrapKey>();
        foreach (var key in new[] { settings.BootstrapKey, settings.BootstrapReadKey }.OfType<string>())
            keys.Add(await EnsureAsync(project, key, cancellationToken));
        return keys.Count > 0 ? keys : await MakeFirstKeysAsync(project, cancellationToken);
    }

    /// <summary>Adds a key to a project. False where that key is there already, good or revoked.</summary>
    public Task<bool> AddAsync(Project project, string text, KeyKind kind, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var key = new NewKey(Guid.CreateVersion7(now), project.Ref.ProjectId, kind, ApiKey.Hash(text), text[..ApiKey.ShownLength], now);
        return store.AddKeyAsync(key, cancellationToken);
    }

    // Of replicas that start together one makes the keys, and it alone prints them.
    private async Task<IReadOnlyList<BootstrapKey>> MakeFirstKeysAsync(Project project, CancellationToken cancellationToken)
    {
        var keys = new List<BootstrapKey>();
        await OnceAsync(
            $"first-keys/{project.Ref.ProjectId}",
            async () =>
            {
                if ((await store.ListKeysAsync(project.Ref.ProjectId, cancellationToken)).Count > 0)
                    return;
                foreach (var kind in Enum.GetValues<KeyKind>())
                {
                    var text = ApiKey.Generate(kind);
                    await AddAsync(project, text, kind, cancellationToken);
                    keys.Add(new(kind, text, IsNew: true));
                }
            },
            cancellationToken);
        return keys;
    }

    // What a database needs once, however many processes start on it and whenever.
    private async Task OnceAsync(string chore, Func<Task> work, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!await accounts.Chores.TryTakeAsync(chore, Once, _holder, now, now + Lease, cancellationToken))
            return;
        await work();
        await accounts.Chores.FinishAsync(chore, Once, _holder, time.GetUtcNow(), cancellationToken);
    }

    private async Task<BootstrapKey> EnsureAsync(Project project, string text, CancellationToken cancellationToken)
    {
        if (!ApiKey.TryParse(text, out var kind))
            throw new BootstrapException("A bootstrap key is malformed.");
        if (!await AddAsync(project, text, kind, cancellationToken))
        {
            var found = await store.FindKeyAsync(ApiKey.Hash(text), time.GetUtcNow(), cancellationToken);
            var name = kind == KeyKind.Read ? "TELEMETRYKIT_BOOTSTRAP_READ_KEY" : "TELEMETRYKIT_BOOTSTRAP_KEY";
            if (found is null)
                throw new BootstrapException($"{name} is a key that was revoked: use a new one.");
            if (found.Project.Ref != project.Ref)
                throw new BootstrapException($"{name} is a key of another project: use a new one.");
        }

        return new(kind, text, IsNew: false);
    }
}
