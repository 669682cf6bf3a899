using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// Tells sources apart without keeping an address: a source is a hash, keyed with random bytes that exist only in this process's memory and
/// change every UTC day. Nothing of it is stored or logged.
/// </summary>
public sealed class SourceHasher(TimeProvider time)
{
    // Networks hand a household a whole /64, so that is what one source is.
    private const int V6SourceBytes = 8;
    private readonly Lock _lock = new();
    private (DateOnly Day, byte[] Salt) _current = (default, []);

    /// <summary>
    /// The source behind an address; 0 (never limited) where there is none, and for loopback: a proxy on this machine that doesn't say whom it
    /// forwards for would else make everybody one source.
    /// </summary>
    public long Hash(IPAddress? address)
    {
        if (address is null || IPAddress.IsLoopback(address))
            return 0;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            length = V6SourceBytes;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(SaltOfToday(), bytes[..length], hash);
        return BitConverter.ToInt64(hash) is not 0 and var source ? source : 1;
    }

    private byte[] SaltOfToday()
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        lock (_lock)
        {
            if (_current.Day != today)
                _current = (today, RandomNumberGenerator.GetBytes(32));
            return _current.Salt;
        }
    }
}
