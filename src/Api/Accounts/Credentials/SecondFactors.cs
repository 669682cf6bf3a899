using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Totp;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>Checks second factors. Each works once, and attempts are throttled.</summary>
internal sealed class SecondFactors(IAccountStore store, Throttles throttles, IDataProtectionProvider protection, TimeProvider time)
{
    private readonly IDataProtector _protector = protection.CreateProtector("TelemetryKit.Totp");

    /// <summary>Returns the secret in its protected form, for storage.</summary>
    public string Protect(byte[] secret) => Convert.ToBase64String(_protector.Protect(secret));

    /// <summary>Uses the code or the recovery code of a request. Returns the problem, or <c>null</c> if it is correct.</summary>
    public async Task<Problem?> CheckAsync(HttpContext http, Guid accountId, CodeBody presented)
    {
        if (throttles.Code(http, accountId) is { } throttled)
            return throttled;
        var good = presented.RecoveryCode is { } recovery
            ? await store.SecondFactors.UseRecoveryCodeAsync(accountId, RecoveryCode.Hash(accountId, recovery), http.RequestAborted)
            : await StepAsync(accountId, presented.Code, confirmed: true, http.RequestAborted) is { } step
                && await store.SecondFactors.UseStepAsync(accountId, step, http.RequestAborted);
        if (!good)
            return AccountProblems.WrongCode.AsProblem();
        throttles.ResetCodeAttempts(accountId);
        return null;
    }

    /// <summary>Returns the time step of a first code for an unconfirmed secret, or <c>null</c> if the code is wrong.</summary>
    public Task<long?> FirstStepAsync(Guid accountId, string? code, CancellationToken cancellationToken) =>
        StepAsync(accountId, code, confirmed: false, cancellationToken);

    private async Task<long?> StepAsync(Guid accountId, string? code, bool confirmed, CancellationToken cancellationToken)
    {
        var state = await store.SecondFactors.FindAsync(accountId, cancellationToken);
        if (state is null || state.ConfirmedAt is not null != confirmed || code is not { Length: TotpCode.Digits })
            return null;
        if (Unprotect(state) is not { } secret)
            return null;
        try
        {
            return TotpCode.Verify(secret, code, time.GetUtcNow(), state.LastStep);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    // After the server's secret was lost, the key is gone: recovery codes still work.
    private byte[]? Unprotect(TotpState state)
    {
        try
        {
            return _protector.Unprotect(Convert.FromBase64String(state.ProtectedSecret));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
