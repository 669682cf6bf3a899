using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>What people get mail about: their accounts and invitations.</summary>
internal sealed class AccountLetters(PublicAddress address)
{
    private const string NotMe = "If this wasn't you, you can ignore this mail: nothing happens.";

    /// <summary>Proves the address of a sign-up.</summary>
    public async Task<Letter> VerifyAsync(string email, string token, CancellationToken cancellationToken) => new(
        "verify", email, "Confirm your address",
        [
            "Somebody, hopefully you, signed up to TelemetryKit with this address.",
            $"Follow this link within {Hours(Limits.SignUpAge)} and set a password: that makes the account.",
        ],
        new("Confirm the address", await address.PageAsync("verify", token, cancellationToken)),
        [NotMe]);

    /// <summary>The answer to a sign-up with an address that has an account.</summary>
    public async Task<Letter> AlreadyThereAsync(string email, CancellationToken cancellationToken) => new(
        "already-there", email, "You have an account already",
        ["Somebody, hopefully you, signed up to TelemetryKit with this address, which has an account already.", "You can sign in, or set a new password there."],
        new("Sign in", await address.PageAsync("sign-in", null, cancellationToken)),
        [NotMe]);

    /// <summary>Sets a password.</summary>
    public async Task<Letter> ResetAsync(string email, string token, CancellationToken cancellationToken) => new(
        "password-reset", email, "Set a new password",
        ["Somebody, hopefully you, asked to set a new password.", $"This link works once, within {Hours(Limits.PasswordResetAge)}."],
        new("Set a new password", await address.PageAsync("password-reset", token, cancellationToken)),
        [NotMe]);

    /// <summary>Proves another address of an account.</summary>
    public async Task<Letter> ChangeEmailAsync(string email, string token, CancellationToken cancellationToken) => new(
        "email-change", email, "Confirm your new address",
        ["This address is to become that of a TelemetryKit account.", $"It does when you follow this link, within {Hours(Limits.SignUpAge)}."],
        new("Confirm the address", await address.PageAsync("email-change", token, cancellationToken)),
        [NotMe]);

    /// <summary>Invites somebody.</summary>
    public async Task<Letter> InviteAsync(Invitation invitation, string inviter, string role, string token, CancellationToken cancellationToken) => new(
        "invitation", invitation.Email, $"{inviter} invites you to {invitation.TenantName}",
        [$"{inviter} invites you to {invitation.TenantName} on TelemetryKit, as {role}.", $"The invitation can be accepted within {(int)Limits.InvitationAge.TotalDays} days, by the account of this address."],
        new("Accept the invitation", await address.PageAsync("invitation", token, cancellationToken)),
        ["If you don't know what this is about, you can ignore this mail."]);

    /// <summary>Tells somebody that something about the safety of their account changed.</summary>
    public async Task<Letter> ChangedAsync(string email, string what, CancellationToken cancellationToken) => new(
        "security-notice", email, "Your account was changed",
        [what, "If this was you, there is nothing to do."],
        new("If it wasn't: set a new password", await address.PageAsync("password-forgotten", null, cancellationToken)));

    /// <summary>Tells a former address that the account has another one, and how to undo that.</summary>
    public async Task<Letter> EmailChangedAsync(string email, string token, CancellationToken cancellationToken) => new(
        "email-changed", email, "Your account has another address",
        ["Your TelemetryKit account has another address now.", "If this was you, there is nothing to do."],
        new("If it wasn't: undo the change", await address.PageAsync("email-undo", token, cancellationToken)),
        [
            $"The link works within {Limits.EmailUndoAge.Days} days, with the password from before the change or where you are signed in.",
            "It ends every session, and another mail lets you set a new password.",
        ]);

    /// <summary>Tells an address that it is not the account's any more.</summary>
    public static Letter EmailUndone(string email) => new(
        "security-notice", email, "Your account was changed",
        ["The change of a TelemetryKit account to this address was undone by its former address."]);

    private static string Hours(TimeSpan time) => time.TotalHours == 1 ? "one hour" : $"{(int)time.TotalHours} hours";
}
