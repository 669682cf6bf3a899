using System.Collections.Concurrent;

namespace TelemetryKit.Core.Keys;

/// <summary>
/// Records when keys are used. The key ring looks up a key in use every few seconds, so this wraps the store behind the ring and costs the
/// hot path nothing. Uses are written to the store periodically, at most once a minute for each key.
/// </summary>
public sealed class KeyUses(IKeyLookup store, TimeProvider time) : IKeyLookup
{
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _noted = new();
    private readonly ConcurrentDictionary<Guid, KeyUse> _waiting = new();

    /// <inheritdoc />
    public async Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = await store.FindKeyAsync(hash, now, cancellationToken).ConfigureAwait(false);
        if (key is not null && (!_noted.TryGetValue(key.KeyId, out var last) || now - last >= Limits.LastUseAccuracy))
        {
            _noted[key.KeyId] = now;
            _waiting[key.KeyId] = new KeyUse(key.Project.Ref.ProjectId, key.KeyId, now);
        }

        return key;
    }

    /// <summary>Writes the recorded uses to the store. If that fails, a key is recorded again with its next use.</summary>
    public async Task WriteAsync(IKeyStore keys, CancellationToken cancellationToken)
    {
        var uses = _waiting.Keys.Select(id => _waiting.TryRemove(id, out var use) ? use : default).Where(use => use != default).ToArray();
        if (uses.Length > 0)
            await keys.TouchAsync(uses, cancellationToken).ConfigureAwait(false);
        var old = time.GetUtcNow() - Limits.LastUseAccuracy;
        foreach (var entry in _noted.Where(entry => entry.Value < old))
            _noted.TryRemove(entry);
    }
}
