namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>The keys that sign receipts of erasures. One is current; the public keys of former ones are kept.</summary>
public interface IReceiptKeys
{
    /// <summary>Returns all keys, newest first.</summary>
    Task<IReadOnlyList<ReceiptKey>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Adds a key unless there is a current one. Safe to call from many processes at once.</summary>
    Task EnsureAsync(ReceiptKey key, CancellationToken cancellationToken);

    /// <summary>Retires the current key, deletes its private part, and adds another one.</summary>
    Task ReplaceAsync(ReceiptKey key, CancellationToken cancellationToken);
}

/// <summary>A key that signs receipts of erasures: ECDSA with P-256.</summary>
public sealed record ReceiptKey
{
    /// <summary>Its thumbprint (RFC 7638), base64url.</summary>
    public required string Id { get; init; }

    /// <summary>The public key as a SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The private key in PKCS #8; <c>null</c> if the key is retired.</summary>
    public byte[]? PrivateKey { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When another key replaced it; <c>null</c> for the current one.</summary>
    public DateTimeOffset? RetiredAt { get; init; }
}
