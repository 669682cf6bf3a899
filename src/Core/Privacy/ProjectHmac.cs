using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TelemetryKit.Core.Privacy;

/// <summary>
/// HMAC-SHA-256 with a project's secret as the key. Preparing a key costs more than hashing a short text, so each thread caches the
/// prepared keys of recent projects. A prepared key must not be used by two threads at once.
/// </summary>
internal sealed class ProjectHmac : IDisposable
{
    private const int CachedPerThread = 32;

    [ThreadStatic]
    private static ProjectHmac?[]? _cached;

    private readonly byte[] _secret;
    private readonly IncrementalHash _hmac;

    private ProjectHmac(byte[] secret)
    {
        _secret = secret;
        _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
    }

    /// <summary>Computes the MAC of <paramref name="domain"/> followed by <paramref name="value"/>.</summary>
    public static void Hash(byte[] secret, ReadOnlySpan<byte> domain, ReadOnlySpan<byte> value, Span<byte> mac)
    {
        var cached = _cached ??= new ProjectHmac?[CachedPerThread];
        // Secrets are random, so their first bytes distribute projects evenly.
        ref var entry = ref cached[MemoryMarshal.Read<uint>(secret) % CachedPerThread];
        if (entry is null || !(ReferenceEquals(entry._secret, secret) || entry._secret.AsSpan().SequenceEqual(secret)))
        {
            entry?.Dispose();
            entry = new(secret);
        }

        // Each append is a call into the platform's library: a short message is appended in one call.
        Span<byte> message = stackalloc byte[128];
        if (domain.Length + value.Length <= message.Length)
        {
            domain.CopyTo(message);
            value.CopyTo(message[domain.Length..]);
            entry._hmac.AppendData(message[..(domain.Length + value.Length)]);
        }
        else
        {
            entry._hmac.AppendData(domain);
            entry._hmac.AppendData(value);
        }

        entry._hmac.GetHashAndReset(mac);
    }

    public void Dispose() => _hmac.Dispose();
}
