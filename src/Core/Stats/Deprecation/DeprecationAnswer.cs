namespace TelemetryKit.Core.Stats.Deprecation;

/// <summary>Whether a subject, a metadata value or a version is still used, and by how many of the active installs.</summary>
/// <param name="Day">The last day of all windows.</param>
/// <param name="Verdict">
/// <c>unknown</c> if there are no active installs in 90 days, or fewer than <c>min_installs</c>, or fewer observed days than
/// <c>min_days</c>; <c>removable</c> if at most <c>max_percent</c> percent of the active installs in 90 days used it; otherwise
/// <c>in_use</c>.
/// </param>
/// <param name="ObservedDays">Days from the first event in the 90 days to the last day, both inclusive; 0 without events.</param>
/// <param name="Last30">The 30 days that end with the last day.</param>
/// <param name="Last90">The 90 days that end with the last day. The verdict rests on its active installs.</param>
/// <param name="Before30">The 30 days before <paramref name="Last30"/>.</param>
/// <param name="Trend">
/// The share in <paramref name="Last30"/> minus that in <paramref name="Before30"/>, with four decimals: negative if the use decreases;
/// <c>null</c> if one has no active installs.
/// </param>
/// <param name="People">The installs in 90 days except those of the actors <c>ci</c> and <c>agent</c>.</param>
/// <param name="Actors">The installs in 90 days by actor.</param>
/// <param name="Versions">The versions with which it was used in 90 days, latest first in the order of semantic versions.</param>
/// <param name="Weeks">The 13 windows of seven days up to the last day, earliest first.</param>
/// <param name="LastSeen">The latest use in 90 days; <c>null</c> if there is none.</param>
/// <param name="LastSeenByPeople">The latest use by other actors than <c>ci</c> and <c>agent</c>; <c>null</c> if there is none.</param>
/// <param name="NewestFirstUse">
/// The latest day on which an install used it that hadn't used it before in the 90 days: while there are such days, it gains users.
/// <c>null</c> if no install used it, or if there are so many that it isn't known.
/// </param>
/// <param name="Accuracy">How accurate the numbers are.</param>
public sealed record DeprecationAnswer(
    DateOnly Day,
    DeprecationVerdict Verdict,
    int ObservedDays,
    UseWindow Last30,
    UseWindow Last90,
    UseWindow Before30,
    double? Trend,
    UseWindow People,
    IReadOnlyList<UseByActor> Actors,
    IReadOnlyList<UseByVersion> Versions,
    IReadOnlyList<UseWindow> Weeks,
    DateTimeOffset? LastSeen,
    DateTimeOffset? LastSeenByPeople,
    DateOnly? NewestFirstUse,
    Accuracy Accuracy);

/// <summary>Whether something can be removed.</summary>
public enum DeprecationVerdict
{
    /// <summary>There are no active installs, or too few installs or days to say.</summary>
    Unknown,

    /// <summary>At most the accepted share of the active installs used it.</summary>
    Removable,

    /// <summary>A larger share used it.</summary>
    InUse,
}

/// <summary>The use in some days.</summary>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="ActiveInstalls">Distinct installs with any event that passes the other filters.</param>
/// <param name="Installs">Distinct installs that used it.</param>
/// <param name="Share">
/// <paramref name="Installs"/> ÷ <paramref name="ActiveInstalls"/>, from 0 to 1 with four decimals; <c>null</c> if there are none.
/// </param>
public sealed record UseWindow(DateOnly From, DateOnly To, long ActiveInstalls, long Installs, double? Share);

/// <summary>The use in 90 days by an actor.</summary>
/// <param name="Actor">The actor; <c>(none)</c> if it is unknown.</param>
/// <param name="ActiveInstalls">Distinct installs with any event of the actor.</param>
/// <param name="Installs">Distinct installs that used it as this actor.</param>
/// <param name="Events">Events of the use.</param>
/// <param name="LastSeen">The latest use; <c>null</c> if there is none.</param>
public sealed record UseByActor(string Actor, long ActiveInstalls, long Installs, long Events, DateTimeOffset? LastSeen);

/// <summary>The use in 90 days with a version.</summary>
/// <param name="Version">The version; <c>(none)</c> if it is unknown.</param>
/// <param name="Installs">Distinct installs that used it with this version.</param>
/// <param name="Events">Events of the use.</param>
/// <param name="LastSeen">The latest use.</param>
public sealed record UseByVersion(string Version, long Installs, long Events, DateTimeOffset LastSeen);
