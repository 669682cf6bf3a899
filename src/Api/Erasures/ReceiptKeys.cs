using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Erasures;

/// <summary>
/// The keys of receipts: ECDSA with P-256. The first is created when it is needed. They are read from the store once a minute, so every
/// replica signs with a new key within a minute, and verifies with it at once.
/// </summary>
internal sealed class ReceiptKeys(IAccountStore store, TimeProvider time)
{
    private static readonly TimeSpan CacheAge = TimeSpan.FromMinutes(1);

    private volatile Cached? _cached;

    /// <summary>Creates a key.</summary>
    public static ReceiptKey Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new()
        {
            Id = Jwk(key.ExportParameters(includePrivateParameters: false)).Kid,
            PublicKey = key.ExportSubjectPublicKeyInfo(),
            PrivateKey = key.ExportPkcs8PrivateKey(),
            CreatedAt = now,
        };
    }

    /// <summary>Returns a key as it is published.</summary>
    public static ReceiptKeyBody Publish(ReceiptKey key)
    {
        using var algorithm = ECDsa.Create();
        algorithm.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        return new(
            key.Id,
            Convert.ToBase64String(key.PublicKey),
            Jwk(algorithm.ExportParameters(includePrivateParameters: false)),
            key.CreatedAt,
            key.RetiredAt);
    }

    /// <summary>Returns all keys, newest first, of which one is current.</summary>
    public async ValueTask<IReadOnlyList<ReceiptKey>> ListAsync(CancellationToken cancellationToken)
    {
        if (_cached is { } cached && time.GetElapsedTime(cached.ReadAt) < CacheAge)
            return cached.Keys;
        var readAt = time.GetTimestamp();
        var keys = await store.ReceiptKeys.ListAsync(cancellationToken);
        if (keys.All(key => key.RetiredAt is not null))
        {
            await store.ReceiptKeys.EnsureAsync(Create(time.GetUtcNow()), cancellationToken);
            keys = await store.ReceiptKeys.ListAsync(cancellationToken);
        }

        _cached = new(readAt, keys);
        return keys;
    }

    /// <summary>Returns the signature of a text with the current key, and the id of that key, which is the text's last line.</summary>
    /// <param name="text">Returns the text for the id of the key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async ValueTask<(string Signature, string KeyId)> SignAsync(Func<string, string> text, CancellationToken cancellationToken)
    {
        var keys = await ListAsync(cancellationToken);
        var current = keys.First(key => key.RetiredAt is null);
        using var algorithm = ECDsa.Create();
        algorithm.ImportPkcs8PrivateKey(current.PrivateKey, out _);
        var signature = algorithm.SignData(
            Encoding.UTF8.GetBytes(text(current.Id)), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return (Base64Url.EncodeToString(signature), current.Id);
    }

    private static JwkBody Jwk(ECParameters key)
    {
        var (x, y) = (Base64Url.EncodeToString(key.Q.X), Base64Url.EncodeToString(key.Q.Y));
        var thumbprint = SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}"""));
        return new("EC", "P-256", x, y, Base64Url.EncodeToString(thumbprint), "ES256", "sig");
    }

    private sealed record Cached(long ReadAt, IReadOnlyList<ReceiptKey> Keys);
}
