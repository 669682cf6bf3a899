namespace TelemetryKit.Analyzers.Tests;

public class PersonalValueTests
{
    [Theory]
    [InlineData("Environment.UserName")]
    [InlineData("Environment.MachineName")]
    [InlineData("Environment.CurrentDirectory")]
    [InlineData("Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)")]
    [InlineData("Environment.GetEnvironmentVariable(\"USER\")")]
    [InlineData("Path.GetFullPath(text)")]
    [InlineData("Directory.GetCurrentDirectory()")]
    [InlineData("Dns.GetHostName()")]
    [InlineData("typeof(Tool).Assembly.Location")]
    [InlineData("new FileInfo(text).FullName")]
    [InlineData("new FileInfo(text).Name")]
    [InlineData("Path.GetFileName(text)")]
    [InlineData("new DirectoryInfo(text).ToString()")]
    [InlineData("IPAddress.Parse(text).ToString()")]
    [InlineData("new InvalidOperationException().Message")]
    [InlineData("Environment.GetCommandLineArgs()")]
    public async Task A_value_that_identifies_or_locates_a_person_is_reported(string value) =>
        Assert.Equal(["TK0002 " + value], await Snippet.Statements($"metadata[\"target\"] = {value};").Reports());

    [Theory]
    [InlineData("Environment.UserName.ToLower()")]
    [InlineData("text + Environment.UserName")]
    [InlineData("$\"by {Environment.UserName}\"")]
    [InlineData("text ?? Environment.UserName")]
    [InlineData("text.Length > 3 ? text : Environment.UserName")]
    [InlineData("text switch { \"\" => text, _ => Environment.UserName }")]
    [InlineData("string.Join(\",\", text, Environment.UserName)")]
    [InlineData("Path.Combine(text, Environment.UserName)")]
    [InlineData("new[] { text, Environment.UserName }")]
    [InlineData("(string)(object)Environment.UserName")]
    [InlineData("(string[])[text, Environment.UserName]")]
    [InlineData("Environment.UserName.Split('.')[0].Trim()")]
    public async Task A_value_is_found_in_expressions_that_preserve_it(string value) =>
        Assert.Equal(["TK0002 Environment.UserName"], await Snippet.Statements($"metadata[\"target\"] = {value};").Reports());

    [Theory]
    [InlineData("Environment.UserName.Length")]
    [InlineData("Environment.UserName == text")]
    [InlineData("string.IsNullOrEmpty(Environment.UserName)")]
    [InlineData("Path.GetExtension(Path.GetFullPath(text))")]
    [InlineData("Environment.OSVersion.VersionString")]
    [InlineData("Environment.GetEnvironmentVariable(\"EDITOR\")")]
    [InlineData("Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles)")]
    [InlineData("IPAddress.Parse(text).AddressFamily.ToString()")]
    [InlineData("new InvalidOperationException().GetType().Name")]
    [InlineData("nameof(Environment.UserName)")]
    [InlineData("text")]
    [InlineData("(string)null")]
    [InlineData("typeof(Tool).FullName")]
    public async Task An_anonymous_result_is_not_reported(string value) =>
        Assert.Empty(await Snippet.Statements($"metadata[\"target\"] = {value};").Reports());

    [Theory]
    [InlineData("string email", "email")]
    [InlineData("string userName", "userName")]
    [InlineData("long userId", "userId")]
    [InlineData("Uri user", "user.ToString()")]
    [InlineData("Person person", "person.Email")]
    [InlineData("Person person", "person.Id.HostName", "person.Id.HostName")]
    [InlineData("Person person", "person.GetPhoneNumber()")]
    [InlineData("Person person", "person?.Email", ".Email")]
    public async Task A_symbol_whose_name_suggests_personal_data_is_reported(string parameter, string value, string? reported = null) =>
        Assert.Equal(["TK0002 " + (reported ?? value)], await WithPerson(parameter, value).Reports());

    [Theory]
    [InlineData("bool email", "email")]
    [InlineData("int emailCount", "emailCount")]
    [InlineData("string emailProvider", "emailProvider")]
    [InlineData("Person person", "person.Email.Length")]
    [InlineData("Person person", "person.Kind.ToString()")]
    [InlineData("Person person", "Person.Describe(person.Email)")]
    public async Task Any_other_symbol_is_not_reported(string parameter, string value) =>
        Assert.Empty(await WithPerson(parameter, value).Reports());

    [Fact]
    public async Task A_local_is_traced_to_its_initializer() => Assert.Equal(
        ["TK0002 place"],
        await Snippet.Statements("""
            var place = Path.GetFullPath(text);
            telemetry.TrackFeature("open", new() { ["place"] = place });
            """).Reports());

    [Theory]
    [InlineData("telemetry.TrackFeature(Environment.UserName);")]
    [InlineData("telemetry.TrackCommand(metadata: metadata, command: \"open \" + Environment.UserName).Dispose();")]
    [InlineData("telemetry.TrackLog(TelemetryLogLevel.Warning, $\"no home for {Environment.UserName}\");")]
    [InlineData("NullTelemetryClient.Instance.TrackMethod(Environment.UserName, TimeSpan.Zero);")]
    public async Task Subjects_and_messages_are_inspected(string code) =>
        Assert.Equal(["TK0002 Environment.UserName"], await Snippet.Statements(code).Reports());

    [Fact]
    public async Task The_message_names_the_kind_of_data() =>
        Assert.Equal(
            ["'Path.GetFullPath(text)' looks like a file on the user's machine; telemetry must not identify anyone"],
            await Snippet.Statements("""metadata["target"] = Path.GetFullPath(text);""").Messages());

    private static Snippet WithPerson(string parameter, string value) => Snippet.Members(
        $$"""
        void Run(TelemetryMetadata metadata, {{parameter}}) => metadata["target"] = {{value}};
        class Person
        {
            public string Email = "";
            public UserNameKind Kind;
            public Machine Id { get; } = new();
            public string GetPhoneNumber() => "";
            public static string Describe(string text) => "";
        }

        class Machine { public string HostName = ""; }
        enum UserNameKind { Real }
        """);
}
