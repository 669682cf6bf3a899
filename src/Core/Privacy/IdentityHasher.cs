using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Core.Privacy;

/// <summary>
/// Computes the hashes that replace <c>user_id</c> and <c>session_id</c>: the first 8 bytes, big-endian, of the HMAC-SHA-256 of
/// <c>install:</c> or <c>session:</c> and the value, with the project's secret as the key. 0 means "none"; a hash of 0 becomes 1.
/// </summary>
public static class IdentityHasher
{
    // Installs send events for days; the events of a session arrive within minutes, and most sessions have only one.
    private static readonly IdentityCache Installs = new(65_536);
    private static readonly IdentityCache Sessions = new(4_096);

    /// <summary>Returns the hash of a <c>user_id</c>, or 0 if it is empty.</summary>
    public static long Install(byte[] secret, ReadOnlySpan<byte> userId) => Hash(Installs, secret, "install:"u8, userId);

    /// <summary>Returns the hash of a <c>user_id</c>, or 0 if it is empty.</summary>
    public static long Install(byte[] secret, string userId) => Install(secret, Encoding.UTF8.GetBytes(userId));

    /// <summary>Returns the hash of a <c>session_id</c>, or 0 if it is empty.</summary>
    public static long Session(byte[] secret, ReadOnlySpan<byte> sessionId) => Hash(Sessions, secret, "session:"u8, sessionId);

    private static long Hash(IdentityCache cache, byte[] secret, ReadOnlySpan<byte> domain, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return 0;
        var key = IdentityCache.KeyOf(secret, value);
        if (cache.TryGet(key, out var hash))
            return hash;
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        ProjectHmac.Hash(secret, domain, value, mac);
        hash = BinaryPrimitives.ReadInt64BigEndian(mac);
        if (hash == 0)
            hash = 1;
        cache.Set(key, hash);
        return hash;
    }
}
