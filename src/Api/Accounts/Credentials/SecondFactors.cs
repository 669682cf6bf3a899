using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Totp;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>Checks second factors, each of which works once, and few of which may be tried.</summary>
internal sealed class SecondFactors(IAccountStore store, Throttles throttles, IDataProtectionProvider protection, TimeProvider time)
{
    private readonly IDataProtector _protector = protection.CreateProtector("TelemetryKit.Totp");

    /// <summary>The secret as it is stored.</summary>
    public string Protect(byte[] secret) => Convert.ToBase64String(_protector.Protect(secret));

    /// <summary>Uses up the code, or the recovery code, that was presented; the problem where it is neither.</summary>
    public async Task<Problem?> CheckAsync(HttpContext http, Guid accountId, CodeBody presented)
    {
        if (throttles.Code(http, accountId) is { } throttled)
            return throttled;
        var good = presented.RecoveryCode is { } recovery
            ? await store.SecondFactors.UseRecoveryCodeAsync(accountId, RecoveryCode.Hash(accountId, recovery), http.RequestAborted)
            : await StepAsync(accountId, presented.Code, confirmed: true, http.RequestAborted) is { } step && await store.SecondFactors.UseStepAsync(accountId, step, http.RequestAborted);
        if (!good)
            return AccountProblems.WrongCode.AsProblem();
        throttles.CodeWasRight(accountId);
        return null;
    }

    /// <summary>The step of a first code that proves a new secret; <c>null</c> where it doesn't.</summary>
    public Task<long?> FirstStepAsync(Guid accountId, string? code, CancellationToken cancellationToken) => StepAsync(accountId, code, confirmed: false, cancellationToken);

    private async Task<long?> StepAsync(Guid accountId, string? code, bool confirmed, CancellationToken cancellationToken)
    {
        var state = await store.SecondFactors.FindAsync(accountId, cancellationToken);
        if (state is null || state.ConfirmedAt is not null != confirmed || code is not { Length: TotpCode.Digits })
            return null;
        var secret = _protector.Unprotect(Convert.FromBase64String(state.ProtectedSecret));
        try
        {
            return TotpCode.Verify(secret, code, time.GetUtcNow(), state.LastStep);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
