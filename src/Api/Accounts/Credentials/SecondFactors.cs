using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Totp;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Checks second factors. Each works once. Wrong codes cost pauses that grow, and are reported to the owner, because a person who tries
/// them has the password or a session. Devices on which one was right, live sessions and recovery codes don't have to wait for the pauses
/// of others.
/// </summary>
internal sealed class SecondFactors(
    IAccountStore store, Throttles throttles, KnownDevices devices, Outbox outbox, IDataProtectionProvider protection, TimeProvider time)
{
    private readonly IDataProtector _protector = protection.CreateProtector("TelemetryKit.Totp");

    /// <summary>Returns the secret in its protected form, for storage.</summary>
    public string Protect(byte[] secret) => Convert.ToBase64String(_protector.Protect(secret));

    /// <summary>
    /// Uses the code or the recovery code of a request, in a sign-in or in a live session. Returns the problem, or <c>null</c> if it is
    /// correct.
    /// </summary>
    public Task<Problem?> CheckAsync(HttpContext http, Caller caller, CodeBody presented)
    {
        if (presented.RecoveryCode is { } recoveryCode)
            return CheckRecoveryCodeAsync(http, caller.Account.Id, recoveryCode);
        var session = caller.Session!;
        // Of all sessions of the account, because each change of the password gives a session another id.
        var own = session.AwaitsSecondFactor ? devices.FindProved(http, caller.Account) : caller.Account.Id.ToString();
        return own is not null
            ? CheckOwnAsync(http, caller.Account, presented.Code, own)
            : CheckStrangersAsync(http, caller, presented.Code);
    }

    /// <summary>Returns the time step of a first code for an unconfirmed secret, or <c>null</c> if the code is wrong.</summary>
    public Task<long?> FirstStepAsync(Guid accountId, string? code, CancellationToken cancellationToken) =>
        StepAsync(accountId, code, confirmed: false, cancellationToken);

    private async Task<Problem?> CheckRecoveryCodeAsync(HttpContext http, Guid accountId, string code)
    {
        if (throttles.RecoveryCode(http, accountId) is { } throttled)
            return throttled;
        if (!await store.SecondFactors.UseRecoveryCodeAsync(accountId, RecoveryCode.Hash(accountId, code), http.RequestAborted))
            return AccountProblems.WrongCode.AsProblem();
        await store.SecondFactors.ForgetAttemptsAsync(accountId, http.RequestAborted);
        return null;
    }

    private async Task<Problem?> CheckOwnAsync(HttpContext http, Account account, string? code, string own)
    {
        if (throttles.OwnCode(own) is { } throttled)
            return throttled;
        if (!await UseAsync(account.Id, code, http.RequestAborted))
        {
            if (throttles.IsWrongCodeReported(own))
                await outbox.AddAsync(AccountMails.WrongCodes(account, TotpBackoff.FreeCodes));
            return AccountProblems.WrongCode.AsProblem();
        }

        throttles.ResetOwnCode(own);
        return null;
    }

    private async Task<Problem?> CheckStrangersAsync(HttpContext http, Caller caller, string? code)
    {
        if (throttles.Source(http) is { } throttled)
            return throttled;
        var attempt = await store.SecondFactors.BeginAttemptAsync(caller.Account.Id, time.GetUtcNow(), http.RequestAborted);
        if (attempt.Wait is { } wait)
            return throttles.Refuse("account", wait);
        if (!await UseAsync(caller.Account.Id, code, http.RequestAborted))
        {
            if (TotpBackoff.IsReported(attempt.Number))
                await outbox.AddAsync(AccountMails.WrongCodes(caller.Account, attempt.Number));
            return AccountProblems.WrongCode.AsProblem();
        }

        await store.SecondFactors.ForgetAttemptsAsync(caller.Account.Id, http.RequestAborted);
        return null;
    }

    private async Task<bool> UseAsync(Guid accountId, string? code, CancellationToken cancellationToken) =>
        await StepAsync(accountId, code, confirmed: true, cancellationToken) is { } step
        && await store.SecondFactors.UseStepAsync(accountId, step, cancellationToken);

    private async Task<long?> StepAsync(Guid accountId, string? code, bool confirmed, CancellationToken cancellationToken)
    {
        var state = await store.SecondFactors.FindAsync(accountId, cancellationToken);
        // Apps show codes in groups, and people type them so.
        var digits = code is { Length: <= 4 * TotpCode.Digits } ? string.Concat(code.Where(c => !char.IsWhiteSpace(c))) : "";
        if (state is null || state.ConfirmedAt is not null != confirmed || digits.Length != TotpCode.Digits)
            return null;
        if (Unprotect(state) is not { } secret)
            return null;
        try
        {
            return TotpCode.Verify(secret, digits, time.GetUtcNow(), state.LastStep);
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
