namespace TelemetryKit.Analyzers.Tests;

public class PersonalKeyTests
{
    [Theory]
    [InlineData("email")]
    [InlineData("eMail")]
    [InlineData("user-email")]
    [InlineData("userName")]
    [InlineData("user_name")]
    [InlineData("USERNAME")]
    [InlineData("commit.authorName")]
    [InlineData("ip")]
    [InlineData("clientIPAddress")]
    [InlineData("host_name")]
    [InlineData("dateOfBirth")]
    [InlineData("api_key")]
    [InlineData("user")]
    [InlineData("workingDirectory")]
    public async Task A_key_that_suggests_personal_data_is_reported(string key) =>
        Assert.Equal(
            [$"TK0001 \"{key}\""],
            await Snippet.Statements($$"""telemetry.TrackFeature("login", new() { ["{{key}}"] = text });""").Reports());

    [Theory]
    [InlineData("target")]
    [InlineData("name")]
    [InlineData("user_count")]
    [InlineData("hasEmail")]
    [InlineData("emailProvider")]
    [InlineData("zip")]
    [InlineData("description")]
    [InlineData("token_count")]
    [InlineData("user_agent_family")]
    [InlineData("shipping")]
    [InlineData("file_extension")]
    [InlineData("addressing-mode")]
    [InlineData("")]
    [InlineData("42")]
    public async Task Any_other_key_is_not_reported(string key) =>
        Assert.Empty(await Snippet.Statements($$"""telemetry.TrackFeature("login", new() { ["{{key}}"] = text });""").Reports());

    [Theory]
    [InlineData("""metadata["email"] = text;""")]
    [InlineData("""metadata.Add("email", text);""")]
    [InlineData("""var more = new TelemetryMetadata { { "email", text } };""")]
    [InlineData("""const string key = "e" + "mail"; telemetry.TrackEvent("login", new() { [key] = text });""", "key")]
    [InlineData("""telemetry.TrackCommand("login").With("email", text).Succeeded().Dispose();""")]
    [InlineData("""options.Context["email"] = text;""")]
    [InlineData("""options.Context.Add("email", text);""")]
    [InlineData("""options = new TelemetryOptions { Context = { ["email"] = text } };""")]
    [InlineData("""options.BeforeSend = e => { e.Metadata["email"] = text; return e; };""")]
    public async Task A_key_is_found_wherever_it_is_recorded(string code, string reported = "\"email\"") =>
        Assert.Equal(["TK0001 " + reported], await Snippet.Statements(code).Reports());

    [Theory]
    [InlineData("""telemetry.TrackFeature("login", new() { ["email"] = text.Length > 0 });""")]
    [InlineData("""var others = new System.Collections.Generic.Dictionary<string, string> { ["email"] = text }; others["email"] = text;""")]
    [InlineData("""var shown = metadata["email"];""")]
    [InlineData("""metadata.Remove("email");""")]
    public async Task A_boolean_and_a_value_that_is_not_recorded_are_not_reported(string code) =>
        Assert.Empty(await Snippet.Statements(code).Reports());

    [Fact]
    public async Task The_message_names_the_kind_of_data() =>
        Assert.Equal(
            ["The metadata key 'userName' looks like the name of a person; telemetry must not identify anyone"],
            await Snippet.Statements("""metadata["userName"] = text;""").Messages());

    [Fact]
    public async Task Code_that_does_not_use_the_SDK_is_ignored() => Assert.Empty(await Snippet.Members(
        """
        class TelemetryMetadata { public string this[string key] { set { } } }
        void Run(TelemetryMetadata mine) => mine["email"] = "";
        """).Reports());
}
