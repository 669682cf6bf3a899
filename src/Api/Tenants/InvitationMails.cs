using System.Text.Json;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Tenants;

/// <summary>The data of an invitation's mail.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="InvitationId">The invitation.</param>
/// <param name="Inviter">The name of the member who invites.</param>
internal sealed record InvitationMail(Guid TenantId, Guid InvitationId, string Inviter);

/// <summary>Writes the mails of invitations. Each attempt has its own link, and all of them work.</summary>
internal sealed class InvitationMails(IAccountStore store, AccountLetters letters, TimeProvider time) : IMailWriter
{
    private const string Kind = "invitation";

    public IReadOnlyCollection<string> Kinds => [Kind];

    /// <summary>Creates the mail of an invitation.</summary>
    public static MailOrder Invitation(Invitation invitation, string inviter) => new(
        Kind, EmailAddress.OfStored(invitation.Email),
        JsonSerializer.Serialize(
            new InvitationMail(invitation.TenantId, invitation.Id, inviter), InvitationMailJson.Default.InvitationMail),
        Limits.MailAge);

    public async Task<Letter?> WriteAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        var (data, token) = (JsonSerializer.Deserialize(mail.Data, InvitationMailJson.Default.InvitationMail)!, SecretToken.Generate());
        var invitation = await store.Invitations.RenewLinkAsync(
            data.TenantId, data.InvitationId, SecretToken.Hash(token), time.GetUtcNow(), cancellationToken);
        // Nothing is sent if the invitation was revoked, replaced or has expired.
        return invitation is not null
            ? await letters.InviteAsync(invitation, data.Inviter, invitation.Role.Code(), token, cancellationToken)
            : null;
    }
}
