using Connect.Campaigns;
using Connect.Grains.Messaging;
using CsCheck;

namespace Connect.Grains.Tests.Messaging;

public sealed class PlainTextTests
{
    private static readonly string[] Pieces =
    [
        "a", "Z", "1", " ", "{", "}", "|", "{name|", "é", "ê", "e\u0301", "½", "²", "①", "“", "😀", "\ud83d", "\ude00", "👩‍🍳", "\u200d", "\ufe0f", "🇦", "я", "\u0301", "¦", "｛", "\t", "न\u093f",
    ];

    [Theory]
    [InlineData("“Happy” ‘hour’ — it’s on…", "\"Happy\" 'hour' - it's on...")]
    [InlineData("a\u00a0b\u2009c\u3000d\te", "a b c d e")]
    [InlineData("one\u2028two", "one\ntwo")]
    [InlineData("crêpes, façade, naïve, Ñandú, Ökonomie", "crepes, facade, naive, Ñandu, Ökonomie")]
    [InlineData("cafe\u0301 nin\u0303o e\u0302tre", "café niño etre")]
    [InlineData("Łódź, Đà Nẵng, Þór, Œuvre, Kırşehir, STRAẞE", "Lodz, Dà Nang, THor, OEuvre, Kirsehir, STRASSE")]
    [InlineData("ﬁne ﬂight ĳs №5 ™®©", "fine flight ijs No5 TM(R)(C)")]
    [InlineData("• one ▪ two → go", "- one - two -> go")]
    [InlineData("½ price, 1½ l, 10² m², 30° ±1, 2×3", "1/2 price, 1 1/2 l, 10^2 m2, 30deg +/-1, 2x3")]
    [InlineData("ＡＢＣ１２３ ①② 1\ufe0f\u20e32\ufe0f\u20e3", "ABC123 1 2 12")]
    [InlineData("Cheers 🍸!", "Cheers !")]
    [InlineData("👩‍🍳🇦🇺👍🏽❤\ufe0f", "")]
    [InlineData("5😀6 a👍🏽b c😀, d", "5 6 a b c, d")]
    [InlineData("zero\u200bwidth soft\u00adhyphen \ufeffmark", "zerowidth softhyphen mark")]
    [InlineData("a\ud83d b\ufffe", "a b")]
    [InlineData("Привет “друзья” ₿5 漢字", "Привет \"друзья\" ₿5 漢字")]
    [InlineData("शुभ दिन", "शुभ दिन")]
    public void A_plain_spelling_is_what_people_write_within_the_alphabet(string text, string plain) => Assert.Equal(plain, PlainText.Of(text));

    [Theory]
    [InlineData("Hi {firstName|“friend”}…", "Hi {firstName|\"friend\"}...")]
    [InlineData("{a-b_1|ê|{}} {", "{a-b_1|e|{}} {")]
    [InlineData("{name|😀}", "{name|}")]
    [InlineData("{prénom} {ﬁeld|x} {na😀me} {😀name} {name¦x} {last\u00a0name}", "{prénom} {ﬁeld|x} {na me} {😀name} {name¦x} {last name}")]
    [InlineData("｛name｝ {“quoted”} {{nám|e} {ê", "(name) {\"quoted\"} {{nám|e} {e")]
    public void Places_stay_and_no_new_ones_come_about(string text, string plain)
    {
        Assert.Equal(plain, PlainText.Of(text));
        Assert.Equal(new TextTemplate(text).Fields, new TextTemplate(plain).Fields);
    }

    [Fact]
    public void What_is_replaced_is_listed_in_order_with_how_often()
    {
        var count = PartCounter.Count("“Hi” 😀 crêpe “ê” 😀 я", PartRule.Flat);
        Assert.Equal<(string, string, int)>([("“", "\"", 2), ("”", "\"", 2), ("😀", "", 2), ("ê", "e", 2)], count.Replacements.Select(row => (row.Character, row.Plain, row.Count)));
    }

    [Theory]
    [InlineData(PartRule.Flat, 150, 3, 1)]
    [InlineData(PartRule.Flat, 161, 3, 2)]
    [InlineData(PartRule.Carrier, 160, 3, 1)]
    public void The_parts_of_the_plain_spelling_show_what_it_saves(PartRule rule, int length, int parts, int plain)
    {
        var count = PartCounter.Count("’" + new string('a', length - 1), rule);
        Assert.Equal((parts, plain), (count.Parts, count.PlainParts));
    }

    [Fact]
    public void A_text_within_the_alphabet_has_nothing_to_replace()
    {
        var count = PartCounter.Count(GsmAlphabet.Basic + GsmAlphabet.Extension, PartRule.Flat);
        Assert.Empty(count.Replacements);
        Assert.Equal((1, 1), (count.Parts, count.PlainParts));
    }

    [Fact]
    public void A_character_without_a_plain_spelling_keeps_the_text_unicode() =>
        Assert.Equal((2, 2, 0), PartCounter.Count(new string('я', 71), PartRule.Flat) is var count ? (count.Parts, count.PlainParts, count.Replacements.Length) : default);

    [Fact]
    public void Whatever_the_text_the_alphabet_stays_places_stay_and_a_second_time_changes_nothing() =>
        Gen.OneOf(
            Gen.Char.Array[0, 60].Select(units => new string(units)),
            Gen.OneOf<string>([.. Pieces.Select(Gen.Const)])
                .Array[0, 30].Select(string.Concat)).Sample(text =>
        {
            var plain = PlainText.Of(text);
            var fields = new TextTemplate(text).Fields;
            return PlainText.Of(plain) == plain && fields.SequenceEqual(new TextTemplate(plain).Fields) && (text.Any(unit => GsmAlphabet.Septets(unit) == 0) || plain == text);
        });
}
