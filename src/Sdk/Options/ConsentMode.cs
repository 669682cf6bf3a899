namespace TelemetryKit;

/// <summary>Who decides whether events are recorded.</summary>
public enum ConsentMode
{
    /// <summary>The user, in advance: nothing is recorded until the user agrees.</summary>
    OptIn,

    /// <summary>
    /// The user, afterwards: the first run shows a notice and records nothing. Later runs record events until the user opts out.
    /// </summary>
    OptOut,

    /// <summary>
    /// The application that hosts this library: nothing is recorded until it calls <see cref="TelemetryConsent.Grant"/> or sets the
    /// runtime switch <c>TelemetryKit.Enabled</c> or <c>TelemetryKit.Enabled.SERVICE</c>.
    /// </summary>
    HostDecides,
}
