namespace TelemetryKit.Api.Accounts.Mails;

/// <summary>The data of a mail that confirms a new address of an account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="CredentialsVersion">The version of the account's credentials when the mail was requested.</param>
internal sealed record EmailChangeMail(Guid AccountId, int CredentialsVersion);

/// <summary>The data of a mail to the former address of an account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Change">The number of the account's address change.</param>
internal sealed record EmailChangedMail(Guid AccountId, int Change);

/// <summary>The data of a mail about a sign-in on a new device.</summary>
/// <param name="Browser">The family of the browser.</param>
/// <param name="Os">The family of the operating system.</param>
/// <param name="At">When.</param>
internal sealed record NewDeviceMail(string Browser, string Os, DateTimeOffset At);

/// <summary>The data of a mail about wrong codes after the right password.</summary>
/// <param name="Count">The number of consecutive wrong codes.</param>
internal sealed record WrongCodesMail(int Count);

/// <summary>The data of a mail about the security of an account.</summary>
/// <param name="What">The change, as a sentence.</param>
internal sealed record SecurityNoticeMail(string What);
