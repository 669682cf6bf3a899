using System.Globalization;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>Writes the mails about accounts and invitations.</summary>
internal sealed class AccountLetters(PublicAddress address)
{
    private const string NotMe = "If this wasn't you, you can ignore this mail. Nothing will change.";
    private const string UndoResult = "All sessions will end, and you will get another mail to set a new password.";

    private static readonly string UndoRule =
        $"The link works for {Limits.EmailUndoAge.Days} days after the change. You need the password from before the change, "
        + "or a browser in which you are signed in.";

    /// <summary>The mail that verifies the address of a sign-up.</summary>
    public async Task<Letter> VerifyAsync(string email, string token, CancellationToken cancellationToken) => new(
        "verify", email, "Confirm your address",
        [
            "We received a sign-up to TelemetryKit with this address.",
            $"To create your account, follow this link within {Hours(Limits.SignUpAge)} and set a password.",
        ],
        new("Confirm the address", await address.PageAsync("verify", token, cancellationToken)),
        [NotMe]);

    /// <summary>The mail after a sign-up with an address that already has an account.</summary>
    public async Task<Letter> AlreadyThereAsync(string email, CancellationToken cancellationToken) => new(
        "already-there", email, "You already have an account",
        [
            "Someone signed up to TelemetryKit with this address, which already has an account.",
            "If this was you, sign in. You can also set a new password there.",
        ],
        new("Sign in", await address.PageAsync("sign-in", null, cancellationToken)),
        [NotMe]);

    /// <summary>The mail with the link that sets a password.</summary>
    public async Task<Letter> ResetAsync(string email, string token, CancellationToken cancellationToken) => new(
        "password-reset", email, "Set a new password",
        [
            "We received a request to set a new password for your TelemetryKit account.",
            $"The link works once, within {Hours(Limits.PasswordResetAge)}.",
        ],
        new("Set a new password", await address.PageAsync("password-reset", token, cancellationToken)),
        [NotMe]);

    /// <summary>The mail that verifies a new address of an account.</summary>
    public async Task<Letter> ChangeEmailAsync(string email, string token, CancellationToken cancellationToken) => new(
        "email-change", email, "Confirm your new address",
        [
            "We received a request to change the address of a TelemetryKit account to this one.",
            $"To confirm the change, follow this link within {Hours(Limits.SignUpAge)}.",
        ],
        new("Confirm the address", await address.PageAsync("email-change", token, cancellationToken)),
        [NotMe]);

    /// <summary>The mail of an invitation.</summary>
    public async Task<Letter> InviteAsync(
        Invitation invitation, string inviter, string role, string token, CancellationToken cancellationToken) => new(
        "invitation", invitation.Email,
        $"{DisplayName.Unlinked(inviter)} invites you to {DisplayName.Unlinked(invitation.TenantName)}",
        [
            $"{DisplayName.Unlinked(inviter)} invites you to {DisplayName.Unlinked(invitation.TenantName)} on TelemetryKit, as {role}.",
            $"You can accept the invitation within {(int)Limits.InvitationAge.TotalDays} days, with an account of this address.",
        ],
        new("Accept the invitation", await address.PageAsync("invitation", token, cancellationToken)),
        ["If you weren't expecting this invitation, you can ignore this mail."]);

    /// <summary>The mail that reports a change of an account's credentials.</summary>
    public async Task<Letter> ChangedAsync(string email, string what, CancellationToken cancellationToken) => new(
        "security-notice", email, "Your account was changed",
        [what, "If this was you, you don't need to do anything."],
        new("If it wasn't you, set a new password", await address.PageAsync("password-forgotten", null, cancellationToken)));

    /// <summary>The mail about a sign-in on a new device.</summary>
    public async Task<Letter> NewDeviceAsync(
        string email, string browser, string os, DateTimeOffset at, CancellationToken cancellationToken) => new(
        "new-device", email, "A new device signed in to your account",
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"Someone signed in to your TelemetryKit account on a device that had not been used for it, on "
                + $"{at.UtcDateTime:d MMMM yyyy 'at' HH:mm} UTC. Browser: {browser}. System: {os}."),
            "If this was you, you don't need to do anything.",
        ],
        new("If it wasn't you, set a new password", await address.PageAsync("password-forgotten", null, cancellationToken)));

    /// <summary>The mail about wrong codes of a person who has the password or a session.</summary>
    public async Task<Letter> WrongCodesAsync(string email, int count, CancellationToken cancellationToken) => new(
        "wrong-codes", email, "Wrong codes for your account",
        [
            $"Someone entered {count} wrong codes of the second factor of your TelemetryKit account, "
            + "with the right password or in a browser that is signed in.",
            "If this was you, wait a few minutes, or use a recovery code.",
        ],
        new("If it wasn't you, set a new password", await address.PageAsync("password-forgotten", null, cancellationToken)));

    /// <summary>The mail instead of a link for a new account, to an address that an account had, with the link that restores it.</summary>
    public async Task<Letter> FormerAddressAsync(string email, string token, CancellationToken cancellationToken) => new(
        "former-address", email, "The address of your account was changed",
        [
            "Someone wants to use this address for another TelemetryKit account. "
            + $"It was the address of an account until a change in the last {Limits.EmailUndoAge.Days} days. "
            + "While that change can be undone, no other account can have the address.",
            "If you changed the address, you can use this one again later.",
        ],
        new("If it wasn't you, undo the change", await address.PageAsync("email-undo", token, cancellationToken)),
        [UndoRule, UndoResult]);

    /// <summary>The mail to a former address that reports the change, with the link that undoes it.</summary>
    public async Task<Letter> EmailChangedAsync(string email, string token, CancellationToken cancellationToken) => new(
        "email-changed", email, "The address of your account was changed",
        ["The address of your TelemetryKit account was changed.", "If this was you, you don't need to do anything."],
        new("If it wasn't you, undo the change", await address.PageAsync("email-undo", token, cancellationToken)),
        [UndoRule, UndoResult]);

    /// <summary>The mail to an address that no longer belongs to an account because the change was undone.</summary>
    public static Letter EmailUndone(string email) => new(
        "security-notice", email, "Your account was changed",
        ["The change of a TelemetryKit account to this address was undone from its former address."]);

    private static string Hours(TimeSpan time) => time.TotalHours == 1 ? "one hour" : $"{(int)time.TotalHours} hours";
}
