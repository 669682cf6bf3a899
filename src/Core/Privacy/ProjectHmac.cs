using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TelemetryKit.Core.Privacy;

/// <summary>
/// HMAC-SHA-256 under a project's secret. Preparing a key costs more than hashing a short text does, so each thread keeps the
/// prepared keys of
/// the projects it met last; a prepared key must not be used by two threads at once.
/// </summary>
internal sealed class ProjectHmac : IDisposable
{
    private const int KeptByThread = 32;

    [ThreadStatic]
    private static ProjectHmac?[]? _kept;

    private readonly byte[] _secret;
    private readonly IncrementalHash _hmac;

    private ProjectHmac(byte[] secret)
    {
        _secret = secret;
        _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
    }

    /// <summary>Hashes two parts of a message.</summary>
    public static void Hash(byte[] secret, ReadOnlySpan<byte> domain, ReadOnlySpan<byte> value, Span<byte> mac)
    {
        var kept = _kept ??= new ProjectHmac?[KeptByThread];
        // Secrets are random, so their first bytes spread projects evenly.
        ref var mine = ref kept[MemoryMarshal.Read<uint>(secret) % KeptByThread];
        if (mine is null || !(ReferenceEquals(mine._secret, secret) || mine._secret.AsSpan().SequenceEqual(secret)))
        {
            mine?.Dispose();
            mine = new(secret);
        }

        // Each append is a call into the platform's library: a short message goes in one.
        Span<byte> message = stackalloc byte[128];
        if (domain.Length + value.Length <= message.Length)
        {
            domain.CopyTo(message);
            value.CopyTo(message[domain.Length..]);
            mine._hmac.AppendData(message[..(domain.Length + value.Length)]);
        }
        else
        {
            mine._hmac.AppendData(domain);
            mine._hmac.AppendData(value);
        }

        mine._hmac.GetHashAndReset(mac);
    }

    public void Dispose() => _hmac.Dispose();
}
