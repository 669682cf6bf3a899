using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// Distinguishes sources without keeping addresses: a source is a hash, keyed with random bytes that exist only in this process's memory
/// and change every UTC day. It is never logged, and stored only with a waiting mail.
/// </summary>
public sealed class SourceHasher(TimeProvider time)
{
    // A household usually gets a whole /64 network, so this is one source.
    private const int V6SourceBytes = 8;

    // An owner of many networks usually gets a /48.
    private const int V6NetworkBytes = 6;
    private readonly Lock _lock = new();
    private (DateOnly Day, byte[] Salt) _current = (default, []);

    /// <summary>
    /// Returns the source of an address, or 0 (never limited) for <c>null</c> and for loopback: otherwise a local proxy that doesn't
    /// forward the client's address would make all clients one source.
    /// </summary>
    public long Hash(IPAddress? address) => HashPrefix(address, V6SourceBytes);

    /// <summary>Returns the widest network of one owner that contains an address, in the same way as <see cref="Hash"/>.</summary>
    public long HashNetwork(IPAddress? address) => HashPrefix(address, V6NetworkBytes);

    private long HashPrefix(IPAddress? address, int v6Bytes)
    {
        if (address is null || IPAddress.IsLoopback(address))
            return 0;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            length = v6Bytes;
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
