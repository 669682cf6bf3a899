using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Json;

namespace TelemetryKit.Sdk.Tests;

public sealed class JsonTests
{
    [Fact]
    public void Any_text_is_written_as_a_JSON_string_that_reads_back_the_same()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            if (text is null)
                return true;
            var json = new Utf8Buffer();
            json.String(text);
            // A lone surrogate has no UTF-8 representation. Both writers replace it by U+FFFD.
            return JsonSerializer.Deserialize<string>(json.ToArray()) == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(1_000_000_007L)]
    public void An_integer_is_written_digit_by_digit(long value)
    {
        var json = new Utf8Buffer();
        json.Integer(value);
        Assert.Equal(value.ToString(System.Globalization.CultureInfo.InvariantCulture), json.ToString());
    }

    [Fact]
    public void Any_number_reads_back_the_same()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<double>(), number =>
        {
            var json = new Utf8Buffer();
            json.Number(number);
            return double.IsFinite(number) ? JsonSerializer.Deserialize<double>(json.ToArray()) == number : json.ToString() == "null";
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void A_time_is_written_to_the_millisecond()
    {
        var json = new Utf8Buffer();
        json.Time(new DateTime(2026, 1, 2, 3, 4, 5, 67, DateTimeKind.Utc).Ticks);
        Assert.Equal("\"2026-01-02T03:04:05.067Z\"", json.ToString());
    }

    [Fact]
    public void The_reader_reads_what_the_framework_writes()
    {
        var text = JsonSerializer.Serialize(new
        {
            text = "a\"\\\n\u00e9😀",
            number = 1.5e-3,
            integer = -12L,
            yes = true,
            nothing = (string?)null,
            list = new object[] { 1, "two", false },
            inner = new { empty = new { } },
        });
        var read = JsonReader.TryReadObject(text)!;
        Assert.Equal("a\"\\\n\u00e9😀", read["text"]);
        Assert.Equal(1.5e-3, read["number"]);
        Assert.Equal(-12L, read["integer"]);
        Assert.Equal(true, read["yes"]);
        Assert.Null(read["nothing"]);
        Assert.Equal([1L, "two", false], (List<object?>)read["list"]!);
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(text)), Written(read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1}x")]
    [InlineData("{\"a\":\"\\u12\"}")]
    [InlineData("{\"a\":tru}")]
    [InlineData("<html>")]
    public void Anything_but_a_JSON_object_is_rejected(string text) => Assert.Null(JsonReader.TryReadObject(text));

    [Fact]
    public void Deep_nesting_is_rejected()
    {
        var text = string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000);
        Assert.Null(JsonReader.TryReadObject(text));
    }

    [Fact]
    public void Mutated_JSON_never_throws()
    {
        const string good = """{"received":100,"rejected":[{"index":7,"code":"too_old","message":"\u00e9"}],"x":-1.5e3}""";
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<char>(), (at, with) =>
        {
            var text = good.ToCharArray();
            text[(at & int.MaxValue) % text.Length] = with;
            JsonReader.TryReadObject(new string(text));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    private static string Written(object value)
    {
        var json = new Utf8Buffer();
        JsonText.Value(json, value);
        return JsonSerializer.Serialize(JsonDocument.Parse(json.ToString()));
    }
}
