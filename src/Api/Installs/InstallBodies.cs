namespace TelemetryKit.Api.Installs;

/// <summary>An install of a project.</summary>
/// <param name="Project">The id of the project.</param>
/// <param name="UserId">The id of the user as the application sent it, 1 to 1,024 characters.</param>
internal sealed record InstallBody(Guid? Project, string? UserId);

/// <summary>The result of erasing an install.</summary>
/// <param name="DeletedEvents">The number of deleted events.</param>
internal sealed record ErasedBody(long DeletedEvents);

/// <summary>What is stored of an install.</summary>
/// <param name="User">The keyed hash of the install, as in the events: 16 hexadecimal digits.</param>
/// <param name="LastLiveEventAt">The time of its latest live event; null if there is none.</param>
/// <param name="LastTestEventAt">The time of its latest test event; null if there is none.</param>
internal sealed record FoundInstallBody(string User, DateTimeOffset? LastLiveEventAt, DateTimeOffset? LastTestEventAt);
