using System.Text.Json.Serialization;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Accounts.Mails;

/// <summary>
/// The stored data of waiting mails and of pending sign-ups. Other versions of the server may read it: members are added, never renamed.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PendingSignUp))]
[JsonSerializable(typeof(EmailChangeMail))]
[JsonSerializable(typeof(EmailChangedMail))]
[JsonSerializable(typeof(SecurityNoticeMail))]
[JsonSerializable(typeof(NewDeviceMail))]
[JsonSerializable(typeof(WrongCodesMail))]
internal sealed partial class AccountMailsJson : JsonSerializerContext;
