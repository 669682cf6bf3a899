using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Mails;

/// <summary>The mails about accounts: how they are requested, and how they are written when they are sent.</summary>
internal sealed class AccountMails(IAccountStore store, AccountLetters letters, TimeProvider time) : IMailWriter
{
    private const string SignUpKind = "sign-up";
    private const string EmailChangeKind = "email-change";
    private const string EmailChangedKind = "email-changed";
    private const string EmailUndoneKind = "email-undone";
    private const string SecurityNoticeKind = "security-notice";
    private const string NewDeviceKind = "new-device";
    private const string WrongCodesKind = "wrong-codes";
    private const string NoData = "{}";

    private static readonly AccountMailsJson Json = AccountMailsJson.Default;

    public IReadOnlyCollection<string> Kinds =>
    [
        SignUpKind, WaitingMail.PasswordReset, EmailChangeKind, EmailChangedKind, EmailUndoneKind, SecurityNoticeKind, NewDeviceKind,
        WrongCodesKind,
    ];

    /// <summary>
    /// A mail with the link that confirms the address of a sign-up. If the address has an account, or an account can restore it, a mail
    /// that says so.
    /// </summary>
    public static MailOrder SignUp(EmailAddress to, PendingSignUp pending) =>
        new(SignUpKind, to, JsonSerializer.Serialize(pending, Json.PendingSignUp), Limits.MailAge) { IsEssential = false };

    /// <summary>A mail with the link that sets a password. Nothing is sent if the address has no account.</summary>
    public static MailOrder PasswordReset(EmailAddress to) =>
        new(WaitingMail.PasswordReset, to, NoData, Limits.PasswordResetAge) { IsEssential = false };

    /// <summary>
    /// A mail with the link that confirms a new address of an account. If another account has the address, or can restore it, a mail that
    /// says so.
    /// </summary>
    public static MailOrder EmailChange(EmailAddress to, Account account)
    {
        var data = new EmailChangeMail(account.Id, account.CredentialsVersion);
        return new(EmailChangeKind, to, JsonSerializer.Serialize(data, Json.EmailChangeMail), Limits.MailAge);
    }

    /// <summary>A mail to the former address of an account, with the link that undoes the change.</summary>
    public static MailOrder EmailChanged(Account former, int change) => new(
        EmailChangedKind, EmailAddress.OfStored(former.Email),
        JsonSerializer.Serialize(new EmailChangedMail(former.Id, change), Json.EmailChangedMail), Limits.EmailUndoAge);

    /// <summary>A mail to an address that was an account's until a change was undone.</summary>
    public static MailOrder EmailUndone(Account account) =>
        new(EmailUndoneKind, EmailAddress.OfStored(account.Email), NoData, Limits.MailAge);

    /// <summary>A mail that reports a change of what the account signs in with.</summary>
    public static MailOrder SecurityNotice(Account account, string what) => new(
        SecurityNoticeKind, EmailAddress.OfStored(account.Email),
        JsonSerializer.Serialize(new SecurityNoticeMail(what), Json.SecurityNoticeMail), Limits.MailAge);

    /// <summary>A mail about a sign-in on a device that the account had not been used on before.</summary>
    public static MailOrder NewDevice(Account account, SignInEntry entry) => new(
        NewDeviceKind, EmailAddress.OfStored(account.Email),
        JsonSerializer.Serialize(new NewDeviceMail(entry.Browser, entry.Os, entry.At), Json.NewDeviceMail), Limits.MailAge);

    /// <summary>A mail about wrong codes of a person who has the password.</summary>
    public static MailOrder WrongCodes(Account account, int count) => new(
        WrongCodesKind, EmailAddress.OfStored(account.Email),
        JsonSerializer.Serialize(new WrongCodesMail(count), Json.WrongCodesMail), Limits.MailAge);

    public Task<Letter?> WriteAsync(WaitingMail mail, CancellationToken cancellationToken) => mail.Kind switch
    {
        SignUpKind => WriteSignUpAsync(mail, cancellationToken),
        WaitingMail.PasswordReset => WritePasswordResetAsync(mail, cancellationToken),
        EmailChangeKind => WriteEmailChangeAsync(mail, cancellationToken),
        EmailChangedKind => WriteEmailChangedAsync(mail, cancellationToken),
        EmailUndoneKind => Task.FromResult<Letter?>(AccountLetters.EmailUndone(mail.To.Text)),
        SecurityNoticeKind => WriteSecurityNoticeAsync(mail, cancellationToken),
        NewDeviceKind => WriteNewDeviceAsync(mail, cancellationToken),
        WrongCodesKind => WriteWrongCodesAsync(mail, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(mail)),
    };

    private async Task<Letter?> WriteSignUpAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        if (await store.Accounts.FindByEmailAsync(mail.To, cancellationToken) is { } account)
            return await letters.AlreadyThereAsync(account.Email, cancellationToken);
        if (await TryWriteFormerAddressAsync(mail.To, null, cancellationToken) is { } letter)
            return letter;
        var (token, secret) = OneTimeToken.Issue(TokenPurpose.SignUp, mail.To, mail.Data, time.GetUtcNow());
        return await TryAddAsync(token, mail, cancellationToken)
            ? await letters.VerifyAsync(mail.To.Text, secret, cancellationToken)
            : null;
    }

    private async Task<Letter?> WritePasswordResetAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        // A request, like its link, ends with each change of what the account signs in with: the change has removed this mail, and then
        // the token isn't stored.
        if (await store.Accounts.FindByEmailAsync(mail.To, cancellationToken) is not { } account)
            return null;
        var (token, secret) = OneTimeToken.Issue(TokenPurpose.PasswordReset, account, NoData, time.GetUtcNow());
        return await TryAddAsync(token, mail, cancellationToken)
            ? await letters.ResetAsync(account.Email, secret, cancellationToken)
            : null;
    }

    private async Task<Letter?> WriteEmailChangeAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        var data = Read(mail, Json.EmailChangeMail);
        if (await store.Accounts.FindByEmailAsync(mail.To, cancellationToken) is { } other && other.Id != data.AccountId)
            return await letters.AlreadyThereAsync(other.Email, cancellationToken);
        if (await TryWriteFormerAddressAsync(mail.To, data.AccountId, cancellationToken) is { } letter)
            return letter;
        // A request, like its link, ends with each change of what the account signs in with.
        if (await store.Accounts.FindAsync(data.AccountId, cancellationToken) is not { } account
            || account.CredentialsVersion != data.CredentialsVersion)
            return null;
        var (token, secret) = OneTimeToken.Issue(TokenPurpose.EmailChange, account, mail.To.Text, time.GetUtcNow());
        return await TryAddAsync(token, mail, cancellationToken)
            ? await letters.ChangeEmailAsync(mail.To.Text, secret, cancellationToken)
            : null;
    }

    private async Task<Letter?> WriteEmailChangedAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        var (data, secret) = (Read(mail, Json.EmailChangedMail), SecretToken.Generate());
        return await store.EmailChanges.RenewUndoAsync(
            data.AccountId, data.Change, SecretToken.Hash(secret), time.GetUtcNow(), cancellationToken)
            ? await letters.EmailChangedAsync(mail.To.Text, secret, cancellationToken)
            : null;
    }

    // The mailbox may be asked to sign up again after its account was taken over. So it gets the link that restores the account.
    private async Task<Letter?> TryWriteFormerAddressAsync(EmailAddress to, Guid? forAccount, CancellationToken cancellationToken)
    {
        var (now, secret) = (time.GetUtcNow(), SecretToken.Generate());
        return await store.EmailChanges.FindUndoAsync(to, now, cancellationToken) is { } undo && undo.AccountId != forAccount
            && await store.EmailChanges.RenewUndoAsync(undo.AccountId, undo.Change, SecretToken.Hash(secret), now, cancellationToken)
            ? await letters.FormerAddressAsync(to.Text, secret, cancellationToken)
            : null;
    }

    private async Task<Letter?> WriteSecurityNoticeAsync(WaitingMail mail, CancellationToken cancellationToken) =>
        await letters.ChangedAsync(mail.To.Text, Read(mail, Json.SecurityNoticeMail).What, cancellationToken);

    private async Task<Letter?> WriteNewDeviceAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        var data = Read(mail, Json.NewDeviceMail);
        return await letters.NewDeviceAsync(mail.To.Text, data.Browser, data.Os, data.At, cancellationToken);
    }

    private async Task<Letter?> WriteWrongCodesAsync(WaitingMail mail, CancellationToken cancellationToken) =>
        await letters.WrongCodesAsync(mail.To.Text, Read(mail, Json.WrongCodesMail).Count, cancellationToken);

    // The order of tokens is that of the requests: mails are written in any order, and more than once.
    private Task<bool> TryAddAsync(OneTimeToken token, WaitingMail mail, CancellationToken cancellationToken) =>
        store.OneTimeTokens.AddAsync(token with { CreatedAt = mail.CreatedAt, MailId = mail.Id }, cancellationToken);

    private static T Read<T>(WaitingMail mail, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(mail.Data, type)!;
}
