using System.Text.Json;
using TelemetryKit.Api.Accounts.Me;
using TelemetryKit.Api.Accounts.SignIn;
using TelemetryKit.Api.Accounts.SignUp;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts;

/// <summary>What a mail to a new address of an account is made of.</summary>
/// <param name="AccountId">The account.</param>
internal sealed record EmailChangeMail(Guid AccountId);

/// <summary>What a mail about the safety of an account is made of.</summary>
/// <param name="What">What changed, as a sentence.</param>
internal sealed record SecurityNoticeMail(string What);

/// <summary>The mails about accounts: how they are asked for, and how they are written when they are sent.</summary>
internal sealed class AccountMails(IAccountStore store, AccountLetters letters, TimeProvider time) : IMailWriter
{
    private const string SignUpKind = "sign-up";
    private const string PasswordResetKind = "password-reset";
    private const string EmailChangeKind = "email-change";
    private const string SecurityNoticeKind = "security-notice";

    public IReadOnlyCollection<string> Kinds => [SignUpKind, PasswordResetKind, EmailChangeKind, SecurityNoticeKind];

    /// <summary>The link that proves the address of a sign-up; to an address with an account, that it has one.</summary>
    public static MailOrder SignUp(EmailAddress to, PendingSignUp pending) =>
        new(SignUpKind, to, JsonSerializer.Serialize(pending, MailJson.Default.PendingSignUp), Limits.MailAge);

    /// <summary>The link that sets a password, where the address has an account.</summary>
    public static MailOrder PasswordReset(EmailAddress to) => new(PasswordResetKind, to, "{}", Limits.PasswordResetAge);

    /// <summary>The link that proves another address of an account; to an address with another account, that it has one.</summary>
    public static MailOrder EmailChange(EmailAddress to, Guid accountId) =>
        new(EmailChangeKind, to, JsonSerializer.Serialize(new EmailChangeMail(accountId), MailJson.Default.EmailChangeMail), Limits.MailAge);

    /// <summary>That something about the safety of an account changed.</summary>
    public static MailOrder SecurityNotice(Account account, string what) =>
        new(SecurityNoticeKind, EmailAddress.OfStored(account.Email), JsonSerializer.Serialize(new SecurityNoticeMail(what), MailJson.Default.SecurityNoticeMail), Limits.MailAge);

    public async Task<Letter?> WriteAsync(WaitingMail mail, CancellationToken cancellationToken) => mail.Kind switch
    {
        SignUpKind => await SignUpHandlers.MakeLetterAsync(
            mail.To, JsonSerializer.Deserialize(mail.Data, MailJson.Default.PendingSignUp)!, store, letters, time, cancellationToken),
        PasswordResetKind => await PasswordHandlers.MakeLetterAsync(mail.To, store, letters, time, cancellationToken),
        EmailChangeKind => await CredentialHandlers.MakeLetterAsync(
            mail.To, JsonSerializer.Deserialize(mail.Data, MailJson.Default.EmailChangeMail)!.AccountId, store, letters, time, cancellationToken),
        SecurityNoticeKind => await letters.ChangedAsync(
            mail.To.Text, JsonSerializer.Deserialize(mail.Data, MailJson.Default.SecurityNoticeMail)!.What, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(mail)),
    };
}
