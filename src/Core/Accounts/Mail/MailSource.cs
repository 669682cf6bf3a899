namespace TelemetryKit.Core.Accounts.Mail;

/// <summary>The network that requested a mail, as keyed hashes. The default is the server itself or an unknown source.</summary>
/// <param name="Network">The widest network of one owner: an address of IPv4, or a /48 of IPv6.</param>
/// <param name="Subnet">The source within it: an address of IPv4, or a /64 of IPv6.</param>
public readonly record struct MailSource(long Network, long Subnet);
