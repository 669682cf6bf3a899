namespace TelemetryKit;

/// <summary>Who decides whether events are recorded.</summary>
public enum ConsentMode
{
    /// <summary>The user, beforehand: nothing is recorded before a yes.</summary>
    OptIn,

    /// <summary>The user, afterwards: a notice on the first run, which records nothing; from the second run on, until a no.</summary>
    OptOut,

    /// <summary>
    /// The program this library is part of: nothing is recorded until it calls <see cref="TelemetryConsent.Grant"/> or sets the
    /// runtime switch <c>TelemetryKit.Enabled</c> or <c>TelemetryKit.Enabled.SERVICE</c>.
    /// </summary>
    HostDecides,
}
