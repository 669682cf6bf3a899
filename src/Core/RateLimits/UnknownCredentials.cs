using System.Buffers.Binary;
using System.Net;
using TelemetryKit.Core.Diagnostics;

namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// Limits how many keys, sessions and API tokens that don't exist a source can have looked up in the store. Those that were found recently
/// are not limited, so that a source that others share can't be locked out.
/// </summary>
public sealed class UnknownCredentials(SourceHasher sources, TelemetryKitMetrics metrics, TimeProvider time)
{
    private readonly SourceThrottle _throttle = new(Limits.UnknownCredentials, Limits.UnknownCredentialTime, time);
    private readonly RecentIds _known = new(Limits.RememberedCredentials);

    /// <summary>Returns the id of a credential, of its hash of at least 16 bytes.</summary>
    public static UInt128 IdOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt128LittleEndian(hash);

    /// <summary>Adds a credential that was just created. Its first use isn't limited either.</summary>
    public void Add(UInt128 id) => _known.Add(id);

    /// <summary>Begins a look-up in the store. It must be ended with <see cref="End"/>, unless it was refused.</summary>
    /// <param name="id">The result of <see cref="IdOf"/>.</param>
    /// <param name="source">The address that presents the credential.</param>
    /// <returns>The look-up, with <see cref="CredentialLookUp.RetryAfter"/> if it was refused.</returns>
    public CredentialLookUp Begin(UInt128 id, IPAddress? source)
    {
        if (_known.Contains(id))
            return new(id, default, null);
        var networks = sources.Networks(source);
        if (_throttle.TryTake(in networks) is not { } refusal)
            return new(id, networks, null);
        metrics.Refused("credentials", refusal.Bound);
        return new(id, default, refusal.RetryAfter);
    }

    /// <summary>Ends a look-up.</summary>
    /// <param name="lookUp">The result of <see cref="Begin"/>.</param>
    /// <param name="isKnown">Whether the credential was found; <c>null</c> if the look-up failed.</param>
    public void End(in CredentialLookUp lookUp, bool? isKnown)
    {
        if (isKnown == true)
            _known.Add(lookUp.Id);
        else if (isKnown == false)
            _known.Remove(lookUp.Id);
        if (isKnown != false)
            _throttle.GiveBack(lookUp.Charged);
    }
}

/// <summary>A look-up of a credential in the store.</summary>
/// <param name="Id">The id of the credential.</param>
/// <param name="Charged">The source that it was charged to.</param>
/// <param name="RetryAfter">The time after which it will be accepted if it was refused, otherwise <c>null</c>.</param>
public readonly record struct CredentialLookUp(UInt128 Id, SourceNetworks Charged, TimeSpan? RetryAfter);
