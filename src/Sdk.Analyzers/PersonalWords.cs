namespace TelemetryKit.Analyzers;

/// <summary>
/// Recognizes names that suggest personal data, by a vocabulary. Because this is a guess that should make an author check, the vocabulary
/// consists of words that rarely mean anything else: <c>userName</c>, but not <c>name</c>.
/// </summary>
internal static class PersonalWords
{
    private const int LongestPhrase = 3;

    private static readonly PersonalData PersonName = new("the name of a person", AnonymousForm.None);
    private static readonly PersonalData Contact = new("an e-mail address or phone number", AnonymousForm.Presence);
    private static readonly PersonalData Account = new("an identifier of a person's account", AnonymousForm.None);
    private static readonly PersonalData Machine = new("an identifier of a machine", AnonymousForm.None);
    private static readonly PersonalData Network = new("a network address", AnonymousForm.Presence);
    private static readonly PersonalData Place = new("the location of a person", AnonymousForm.Presence);
    private static readonly PersonalData Identity = new("personal details", AnonymousForm.Presence);
    private static readonly PersonalData Secret = new("a secret", AnonymousForm.Presence);
    private static readonly PersonalData File = new("a file's name or path", AnonymousForm.Extension);
    private static readonly PersonalData Folder = new("a folder's name or path", AnonymousForm.None);

    /// <summary>Phrases without spaces, so that both <c>username</c> and <c>userName</c> match.</summary>
    private static readonly Dictionary<string, PersonalData> Phrases = Table(
        (PersonName, "username firstname lastname surname fullname displayname nickname givenname familyname realname authorname " +
            "ownername personname customername contactname employeename loginname"),
        (Contact, "email emails emailaddress mailaddress phone phones phonenumber telephone cellphone mobilenumber"),
        (Account, "userid accountid accountname customerid employeeid memberid personid"),
        (Machine, "hostname machinename machineid computername devicename deviceid serialnumber hardwareid"),
        (Network, "ip ipaddress ipaddr macaddress remoteaddress remoteaddr"),
        (Place, "street streetaddress homeaddress postaladdress postalcode postcode zipcode latitude longitude geolocation gps"),
        (Identity, "ssn socialsecurity passport nationalid taxid driverslicense birthdate birthday dateofbirth dob gender iban " +
            "creditcard cardnumber cvv bankaccount accountnumber"),
        (Secret, "password passwd passphrase secret apikey accesskey privatekey token accesstoken credential credentials " +
            "connectionstring"),
        (File, "filename filepath fullpath"),
        (Folder, "foldername folderpath directoryname directorypath homedirectory homedir workingdirectory workdir cwd " +
            "currentdirectory userprofile"));

    /// <summary>Words that suggest a person only if they are the whole name.</summary>
    private static readonly Dictionary<string, PersonalData> Alone = Table((Account, "user"), (Place, "address"));

    /// <summary>Names that begin with these words describe a boolean or a count, such as <c>hasEmail</c>.</summary>
    private static readonly HashSet<string> Beginnings =
        [.. "is has had can uses use used with without no num count total supports requires needs allows allow".Split(' ')];

    /// <summary>Names that end with these words describe a property of the data, such as <c>passwordStrength</c>.</summary>
    private static readonly HashSet<string> Endings =
        [.. ("count counts total length size type kind format provider enabled disabled used required present missing valid " +
            "invalid verified version family mode status state strength policy extension").Split(' ')];

    /// <summary>Returns the kind of personal data that a name suggests, or null.</summary>
    public static PersonalData? Find(string name)
    {
        var words = NameWords.Split(name);
        if (words.Count == 0 || (words.Count > 1 && (Beginnings.Contains(words[0]) || Endings.Contains(words[words.Count - 1]))))
            return null;
        if (words.Count == 1 && Alone.TryGetValue(words[0], out var alone))
            return alone;

        // The longest phrase is the most specific one: "ip address" before "ip".
        for (var length = Math.Min(LongestPhrase, words.Count); length > 0; length--)
        {
            for (var start = 0; start + length <= words.Count; start++)
            {
                if (Phrases.TryGetValue(string.Concat(words.GetRange(start, length)), out var found))
                    return found;
            }
        }

        return null;
    }

    private static Dictionary<string, PersonalData> Table(params (PersonalData Data, string Phrases)[] rows)
    {
        var table = new Dictionary<string, PersonalData>(StringComparer.Ordinal);
        foreach (var (data, phrases) in rows)
        {
            foreach (var phrase in phrases.Split(' '))
                table.Add(phrase, data);
        }

        return table;
    }
}
