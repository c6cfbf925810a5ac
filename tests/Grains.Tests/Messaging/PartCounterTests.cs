using Connect.Grains.Messaging;

namespace Connect.Grains.Tests.Messaging;

public sealed class PartCounterTests
{
    [Theory]
    [InlineData(0, 0, 160)]
    [InlineData(1, 1, 159)]
    [InlineData(160, 1, 0)]
    [InlineData(161, 2, 159)]
    [InlineData(320, 2, 0)]
    [InlineData(321, 3, 159)]
    [InlineData(480, 3, 0)]
    [InlineData(481, 4, 159)]
    public void Flat_counts_160_characters_a_part(int length, int parts, int left)
    {
        var count = PartCounter.Count(new string('a', length), PartRule.Flat);
        Assert.Equal((parts, false, length, left), (count.Parts, count.Unicode, count.Units, count.UnitsLeft));
        Assert.Empty(count.UnicodeCharacters);
    }

    [Theory]
    [InlineData(160, 1, 0)]
    [InlineData(161, 2, 145)]
    [InlineData(306, 2, 0)]
    [InlineData(307, 3, 152)]
    [InlineData(459, 3, 0)]
    [InlineData(460, 4, 152)]
    public void Carrier_counts_153_characters_a_part_once_there_are_several(int length, int parts, int left)
    {
        var count = PartCounter.Count(new string('a', length), PartRule.Carrier);
        Assert.Equal((parts, length, left), (count.Parts, count.Units, count.UnitsLeft));
    }

    [Theory]
    [InlineData(PartRule.Flat, 70, 1, 0)]
    [InlineData(PartRule.Flat, 71, 2, 69)]
    [InlineData(PartRule.Flat, 210, 3, 0)]
    [InlineData(PartRule.Flat, 211, 4, 69)]
    [InlineData(PartRule.Carrier, 70, 1, 0)]
    [InlineData(PartRule.Carrier, 71, 2, 63)]
    [InlineData(PartRule.Carrier, 201, 3, 0)]
    [InlineData(PartRule.Carrier, 202, 4, 66)]
    public void One_character_outside_the_alphabet_makes_the_whole_text_unicode(PartRule rule, int length, int parts, int left)
    {
        var count = PartCounter.Count("ç" + new string('a', length - 1), rule);
        Assert.Equal((parts, true, length, left), (count.Parts, count.Unicode, count.Units, count.UnitsLeft));
        Assert.Equal<string>(["ç"], count.UnicodeCharacters.AsEnumerable());
    }

    [Fact]
    public void Extension_characters_take_two_septets()
    {
        var count = PartCounter.Count("€5 [off]", PartRule.Flat);
        Assert.Equal((1, 11, 149), (count.Parts, count.Units, count.UnitsLeft));
        Assert.All(GsmAlphabet.Extension, character => Assert.Equal(2, PartCounter.Count(character.ToString(), PartRule.Flat).Units));
    }

    [Fact]
    public void The_alphabet_is_127_characters_and_10_extensions()
    {
        Assert.Equal(127, GsmAlphabet.Basic.Distinct().Count());
        Assert.Equal(10, GsmAlphabet.Extension.Distinct().Count());
        Assert.Equal(137, Enumerable.Range(0, 65_536).Count(code => GsmAlphabet.Septets((char)code) > 0));
    }

    [Fact]
    public void Carrier_moves_an_escape_pair_whole_to_the_next_part()
    {
        var count = PartCounter.Count(new string('a', 152) + "€" + new string('a', 151), PartRule.Carrier);
        Assert.Equal((2, 305, 0), (count.Parts, count.Units, count.UnitsLeft));
        Assert.Equal(3, PartCounter.Parts(new string('a', 152) + "€" + new string('a', 152), PartRule.Carrier));
        Assert.Equal(2, PartCounter.Parts(new string('a', 152) + "€" + new string('a', 152), PartRule.Flat));
    }

    [Fact]
    public void Carrier_moves_a_surrogate_pair_whole_to_the_next_part()
    {
        var count = PartCounter.Count(new string('a', 66) + "😀" + new string('a', 65), PartRule.Carrier);
        Assert.Equal((2, 133, 0), (count.Parts, count.Units, count.UnitsLeft));
        Assert.Equal(3, PartCounter.Parts(new string('a', 66) + "😀" + new string('a', 66), PartRule.Carrier));
    }

    [Fact]
    public void The_characters_that_made_it_unicode_are_named_once_each_in_order() =>
        Assert.Equal<string>(["“", "😀", "”"], PartCounter.Count("“Happy 😀 hour” for “you” 😀 €", PartRule.Flat).UnicodeCharacters.AsEnumerable());

    [Fact]
    public void Half_a_surrogate_pair_is_counted_and_named_by_the_replacement_character()
    {
        var count = PartCounter.Count("a\ud83d", PartRule.Carrier);
        Assert.Equal((1, true, 2), (count.Parts, count.Unicode, count.Units));
        Assert.Equal<string>(["\ufffd"], count.UnicodeCharacters.AsEnumerable());
    }
}
