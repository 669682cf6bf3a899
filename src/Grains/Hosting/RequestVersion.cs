namespace TelemetryKit.Grains.Hosting;

/// <summary>
/// The version of what the methods of grains take. An older process ignores members that it doesn't know, and would compute the answer to
/// another question, or set a part of the limits. So each request contains the version of its sender. A process that doesn't know it
/// throws, and the sender computes the answer itself. The versions of Orleans don't suffice: a silo reads a request before it forwards it
/// to a silo of the right version, and loses the members that it doesn't know.
/// </summary>
internal static class RequestVersion
{
    /// <summary>The version of this process. It is increased with every change of a request; a test enforces it.</summary>
    public const int Current = 3;

    /// <summary>Throws if this process is older than the sender of a request.</summary>
    /// <exception cref="NotSupportedException">The version isn't known.</exception>
    public static void Check(int version)
    {
        if (version > Current)
            throw new NotSupportedException($"The request has version {version}, and this process knows {Current}.");
    }
}
