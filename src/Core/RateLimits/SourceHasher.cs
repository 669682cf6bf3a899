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
    private const int SaltBytes = 32;
    private readonly Lock _lock = new();
    private (DateOnly Day, byte[] Salt) _current = (default, []);

    /// <summary>
    /// Returns the networks that contain an address. They are not known (never limited) for <c>null</c> and for loopback: otherwise a local
    /// proxy that doesn't forward the client's address would make all clients one source.
    /// </summary>
    public SourceNetworks Networks(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return Read(address, bytes) switch
        {
            0 => default,
            4 => new(HashPrefix(bytes[..4]), Network: HashPrefix(bytes[..3])),
            _ => new(HashPrefix(bytes[..8]), HashPrefix(bytes[..7]), HashPrefix(bytes[..6])),
        };
    }

    /// <summary>Returns the smallest network: <see cref="SourceNetworks.Address"/>.</summary>
    public long Hash(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return Read(address, bytes) is not 0 and var length ? HashPrefix(bytes[..Math.Min(length, 8)]) : 0;
    }

    /// <summary>
    /// Returns the widest network of one owner: the /48 of IPv6, and the address of IPv4. 0 as in <see cref="Networks"/>.
    /// </summary>
    public long HashNetwork(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return Read(address, bytes) is not 0 and var length ? HashPrefix(bytes[..Math.Min(length, 6)]) : 0;
    }

    /// <summary>Writes the bytes of an address and returns their number: 4, 16, or 0 if it isn't a source.</summary>
    private static int Read(IPAddress? address, Span<byte> bytes)
    {
        if (address is null || IPAddress.IsLoopback(address))
            return 0;
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        address.TryWriteBytes(bytes, out var length);
        return length;
    }

    private long HashPrefix(ReadOnlySpan<byte> prefix)
    {
        // Prefixes of different lengths never have the same input, and hashes are never published, so a plain hash of both is a sufficient
        // MAC.
        Span<byte> input = stackalloc byte[SaltBytes + 8];
        SaltOfToday().CopyTo(input);
        prefix.CopyTo(input[SaltBytes..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..(SaltBytes + prefix.Length)], hash);
        return BitConverter.ToInt64(hash) is not 0 and var source ? source : 1;
    }

    private byte[] SaltOfToday()
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        lock (_lock)
        {
            if (_current.Day != today)
                _current = (today, RandomNumberGenerator.GetBytes(SaltBytes));
            return _current.Salt;
        }
    }
}
