using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Grains.Privacy;

/// <summary>
/// What is stored in place of <c>user_id</c> and <c>session_id</c>: the first 8 bytes, big-endian, of HMAC-SHA-256, keyed with the project's secret, over
/// <c>install:</c> or <c>session:</c> and the value. 0 means "none"; a hash that comes out as 0 becomes 1.
/// </summary>
public static class IdentityHasher
{
    private const int CacheSize = 65_536;
    private static readonly IdentityCache Cache = new(CacheSize);

    /// <summary>The hash of a <c>user_id</c>; 0 for an empty one.</summary>
    public static long Install(byte[] secret, ReadOnlySpan<byte> userId) => Hash(secret, "install:"u8, userId);

    /// <summary>The hash of a <c>user_id</c>; 0 for an empty one.</summary>
    public static long Install(byte[] secret, string userId) => Install(secret, Encoding.UTF8.GetBytes(userId));

    /// <summary>The hash of a <c>session_id</c>; 0 for an empty one.</summary>
    public static long Session(byte[] secret, ReadOnlySpan<byte> sessionId) => Hash(secret, "session:"u8, sessionId);

    private static long Hash(byte[] secret, ReadOnlySpan<byte> domain, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return 0;
        var key = IdentityCache.KeyOf(secret, domain, value);
        if (Cache.TryGet(key, out var hash))
            return hash;
        hash = Compute(secret, domain, value);
        Cache.Set(key, hash);
        return hash;
    }

    private static long Compute(byte[] secret, ReadOnlySpan<byte> domain, ReadOnlySpan<byte> value)
    {
        Span<byte> message = stackalloc byte[256];
        if (domain.Length + value.Length > message.Length)
            message = new byte[domain.Length + value.Length];
        domain.CopyTo(message);
        value.CopyTo(message[domain.Length..]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, message[..(domain.Length + value.Length)], mac);
        var hash = BinaryPrimitives.ReadInt64BigEndian(mac);
        return hash == 0 ? 1 : hash;
    }
}
