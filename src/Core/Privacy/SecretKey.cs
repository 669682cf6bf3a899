namespace TelemetryKit.Core.Privacy;

/// <summary>Which values of a metadata or context key are secrets because of the key's name.</summary>
internal enum SecretKey : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>Texts, but not numbers: the key ends in <c>token</c>, and many of these are counts of tokens.</summary>
    Texts,

    /// <summary>Texts and numbers.</summary>
    TextsAndNumbers,
}
