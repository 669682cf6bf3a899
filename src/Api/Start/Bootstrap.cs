using TelemetryKit.Api.Settings;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Start;

/// <summary>Thrown if a bootstrap key can't be used. The message doesn't contain the key.</summary>
internal sealed class BootstrapException(string sentence) : Exception(sentence);

/// <summary>A key of the project. <paramref name="IsNew"/> is <c>true</c> if it was just created and may be shown in full.</summary>
internal sealed record BootstrapKey(KeyKind Kind, string Text, bool IsNew);

/// <summary>Creates the default tenant and project, and its keys: those of the settings, or three new ones on the first start.</summary>
internal sealed class Bootstrap(
    IProjectStore projects, IKeyStore keyStore, IAccountStore accounts, ServerSettings settings, TimeProvider time)
{
    private const string Once = "once";
    private const string AddressKeys = "address-keys/2"; // The number of the rules of EmailAddress.Key.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private readonly Guid _holder = Guid.NewGuid();

    /// <summary>The name of the default project.</summary>
    public const string ProjectName = "default";

    /// <summary>Runs the bootstrap, which is idempotent. Returns the keys to show to the operator.</summary>
    public async Task<IReadOnlyList<BootstrapKey>> RunAsync(CancellationToken cancellationToken)
    {
        await OnceAsync(AddressKeys, async () => await accounts.Accounts.RecomputeAddressKeysAsync(cancellationToken), cancellationToken);
        var tenant = await projects.EnsureDefaultTenantAsync(cancellationToken);
        var project = await projects.EnsureProjectAsync(tenant, ProjectName, cancellationToken);
        var keys = new List<BootstrapKey>();
        foreach (var key in new[] { settings.BootstrapKey, settings.BootstrapReadKey }.OfType<string>())
            keys.Add(await EnsureAsync(project, key, cancellationToken));
        // The output of a hosted server is collected, and its accounts create their own keys.
        return keys.Count > 0 || settings.Accounts.Hosted ? keys : await MakeFirstKeysAsync(project, cancellationToken);
    }

    private Task<bool> AddAsync(Project project, string text, KeyKind kind, CancellationToken cancellationToken) =>
        keyStore.EnsureAsync(NewKey.Of(project.Ref.ProjectId, kind, text, time.GetUtcNow()), cancellationToken);

    // If replicas start at the same time, only one of them creates and prints the keys.
    private async Task<IReadOnlyList<BootstrapKey>> MakeFirstKeysAsync(Project project, CancellationToken cancellationToken)
    {
        var keys = new List<BootstrapKey>();
        await OnceAsync(
            $"first-keys/{project.Ref.ProjectId}",
            async () =>
            {
                if ((await keyStore.ListAsync(project.Ref.ProjectId, time.GetUtcNow(), cancellationToken)).Count > 0)
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

    // Runs work that a database needs once, if several processes start at the same time, too.
    private async Task OnceAsync(string job, Func<Task> work, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!await accounts.JobLeases.TryAcquireAsync(job, Once, _holder, now, now + Lease, cancellationToken))
            return;
        await work();
        await accounts.JobLeases.CompleteAsync(job, Once, _holder, time.GetUtcNow(), cancellationToken);
    }

    private async Task<BootstrapKey> EnsureAsync(Project project, string text, CancellationToken cancellationToken)
    {
        if (!ApiKey.TryParse(text, out var kind))
            throw new BootstrapException("A bootstrap key is malformed.");
        if (!await AddAsync(project, text, kind, cancellationToken))
        {
            var found = await keyStore.FindKeyAsync(ApiKey.Hash(text), time.GetUtcNow(), cancellationToken);
            var name = kind == KeyKind.Read ? "TELEMETRYKIT_BOOTSTRAP_READ_KEY" : "TELEMETRYKIT_BOOTSTRAP_KEY";
            if (found is null)
                throw new BootstrapException($"{name} is a revoked key. Use a new one.");
            if (found.Project.Ref != project.Ref)
                throw new BootstrapException($"{name} is a key of another project. Use a new one.");
        }

        return new(kind, text, IsNew: false);
    }
}
