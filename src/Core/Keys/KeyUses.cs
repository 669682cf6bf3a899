using System.Collections.Concurrent;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Keys;

/// <summary>
/// Notes when keys are used. The key ring looks a key that is in use up every few seconds, so this stands behind the ring and costs the hot path nothing; what it noted is
/// written down now and then, at most once a minute for each key.
/// </summary>
public sealed class KeyUses(IKeyLookup store, TimeProvider time) : IKeyLookup
{
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _noted = new();
    private readonly ConcurrentDictionary<Guid, KeyUse> _waiting = new();

    /// <inheritdoc />
    public async Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = await store.FindKeyAsync(hash, now, cancellationToken);
        if (key is not null && (!_noted.TryGetValue(key.KeyId, out var last) || now - last >= Limits.LastUseAccuracy))
        {
            _noted[key.KeyId] = now;
            _waiting[key.KeyId] = new KeyUse(key.Project.Ref.ProjectId, key.KeyId, now);
        }

        return key;
    }

    /// <summary>Writes down what was noted. Where the store is away, it is noted again with the next use.</summary>
    public async Task WriteAsync(IManagedKeys keys, CancellationToken cancellationToken)
    {
        var uses = _waiting.Keys.Select(id => _waiting.TryRemove(id, out var use) ? use : default).Where(use => use != default).ToArray();
        if (uses.Length > 0)
            await keys.TouchAsync(uses, cancellationToken);
        var old = time.GetUtcNow() - Limits.LastUseAccuracy;
        foreach (var entry in _noted.Where(entry => entry.Value < old))
            _noted.TryRemove(entry);
    }
}
