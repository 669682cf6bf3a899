using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Core.Privacy;

/// <summary>
/// What is stored in place of <c>user_id</c> and <c>session_id</c>: the first 8 bytes, big-endian, of HMAC-SHA-256, keyed with
/// the project's secret, over
/// <c>install:</c> or <c>session:</c> and the value. 0 means "none"; a hash that comes out as 0 becomes 1.
/// </summary>
public static class IdentityHasher
{
    // Installs come back for days; a session's events come within minutes, and most sessions have but one.
    private static readonly IdentityCache Installs = new(65_536);
    private static readonly IdentityCache Sessions = new(4_096);

    /// <summary>The hash of a <c>user_id</c>; 0 for an empty one.</summary>
    public static long Install(byte[] secret, ReadOnlySpan<byte> userId) => Hash(Installs, secret, "install:"u8, userId);

    /// <summary>The hash of a <c>user_id</c>; 0 for an empty one.</summary>
    public static long Install(byte[] secret, string userId) => Install(secret, Encoding.UTF8.GetBytes(userId));

    /// <summary>The hash of a <c>session_id</c>; 0 for an empty one.</summary>
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
