using System.Text.Json.Serialization;
using TelemetryKit.Api.Accounts;
using TelemetryKit.Api.Notices;
using TelemetryKit.Api.Tenants;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>What waiting mails are made of, as it is stored. Other versions of the server may read it: members are added, and none is renamed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PendingSignUp))]
[JsonSerializable(typeof(EmailChangeMail))]
[JsonSerializable(typeof(SecurityNoticeMail))]
[JsonSerializable(typeof(InvitationMail))]
[JsonSerializable(typeof(PlanMail))]
internal sealed partial class MailJson : JsonSerializerContext;
