using System.Buffers.Binary;
using System.Net;
using TelemetryKit.Core.Diagnostics;

namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// Limits how many keys, sessions and API tokens that don't exist a source can have looked up in the store. Those that were found recently
/// are not limited, so that a source that others share can't be locked out. For the others, each address has a small share that the
/// look-ups of its network can't use up.
/// </summary>
public sealed class UnknownCredentials(SourceHasher sources, TelemetryKitMetrics metrics, TimeProvider time)
{
    private readonly SourceThrottle _throttle = new(Limits.UnknownCredentials, Limits.UnknownCredentialTime, time);
    private readonly Throttle<long> _ofAddress = new(Limits.UnknownCredentialsOfAddress, Limits.UnknownCredentialOfAddressTime, time);
    private readonly Throttle<PartyOfAll> _ofAllAddresses = new(
        Limits.UnknownCredentialsOfAllAddresses, Limits.UnknownCredentialOfAllAddressesTime, time);
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
        // If others of its network have used up the look-ups, and not the address itself.
        if (refusal.Bound != NetworkSize.Address.Code() && TryTakeOfAddress(networks.Address))
            return new(id, networks, null, IsOfAddress: true);
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
        if (isKnown == false)
            return;
        if (lookUp.IsOfAddress)
            GiveBackOfAddress(lookUp.Charged.Address);
        else
            _throttle.GiveBack(lookUp.Charged);
    }

    private bool TryTakeOfAddress(long address)
    {
        if (!_ofAddress.TryTake(address, out _))
            return false;
        if (_ofAllAddresses.TryTake(default, out _))
            return true;
        _ofAddress.GiveBack(address);
        return false;
    }

    private void GiveBackOfAddress(long address)
    {
        _ofAddress.GiveBack(address);
        _ofAllAddresses.GiveBack(default);
    }

    /// <summary>The one subject of the throttle of all addresses.</summary>
    private readonly record struct PartyOfAll;
}

/// <summary>A look-up of a credential in the store.</summary>
/// <param name="Id">The id of the credential.</param>
/// <param name="Charged">The source that it was charged to.</param>
/// <param name="RetryAfter">The time after which it will be accepted if it was refused, otherwise <c>null</c>.</param>
/// <param name="IsOfAddress">Whether it was charged to the share that only the address has.</param>
public readonly record struct CredentialLookUp(UInt128 Id, SourceNetworks Charged, TimeSpan? RetryAfter, bool IsOfAddress = false);
