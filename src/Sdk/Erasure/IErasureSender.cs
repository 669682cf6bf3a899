namespace TelemetryKit.Erasure;

/// <summary>Sends erasures. Implemented by backends that have stored events under the user's id.</summary>
internal interface IErasureSender
{
    /// <summary>Sends a request.</summary>
    Task<ErasureResponse> Erase(ErasureRequest request, CancellationToken cancellationToken);

    /// <summary>Returns a receipt as it is now, or null if the server can't be reached.</summary>
    Task<ErasureReceipt?> Receipt(string id, CancellationToken cancellationToken);

    /// <summary>Returns the document with the keys of receipts, or null if the server can't be reached.</summary>
    Task<string?> Keys(CancellationToken cancellationToken);
}

/// <summary>What a server responded to an erasure.</summary>
/// <param name="receipt">The receipt; null if the server has not accepted the request.</param>
/// <param name="isRefused">Whether the server will never accept it.</param>
/// <param name="retryAfter">The delay that the server requested.</param>
/// <param name="detail">The reason, without anything of the request.</param>
internal sealed class ErasureResponse(ErasureReceipt? receipt, bool isRefused, TimeSpan? retryAfter, string detail)
{
    public ErasureReceipt? Receipt => receipt;

    public bool IsRefused => isRefused;

    public TimeSpan? RetryAfter => retryAfter;

    public string Detail => detail;
}
