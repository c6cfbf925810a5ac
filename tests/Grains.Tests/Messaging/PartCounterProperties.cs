using System.Text;
using Connect.Grains.Messaging;
using CsCheck;

namespace Connect.Grains.Tests.Messaging;

/// <summary>The counter against another way of counting: write the parts out, one after the other, and look at them.</summary>
public sealed class PartCounterProperties
{
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.OneOf(Gen.Const("a"), Gen.Const("€"), Gen.Const("Z"), Gen.Const("{"), Gen.Const("é")).Array[0, 700].Select(string.Concat),
        Gen.OneOf(Gen.Const("a"), Gen.Const("€"), Gen.Const("😀"), Gen.Const("я"), Gen.Const("ñ")).Array[0, 300].Select(string.Concat),
        Gen.OneOf(Consts(152, 153, 159, 160, 161, 305, 306, 307, 459, 460, 480, 481)).Select(Gen.OneOf(Consts("€", "a", "я", "😀")), (length, last) => new string('x', length - 1) + last));

    [Fact]
    public void Flat_equals_the_encoded_length_divided_by_the_room_of_a_part() => Texts.Sample(text =>
    {
        var (units, room) = Encoded(text) is { } septets ? (septets.Count, 160) : (Encoding.BigEndianUnicode.GetByteCount(text) / 2, 70);
        var count = PartCounter.Count(text, PartRule.Flat);
        return count.Parts == (int)Math.Ceiling(units / (decimal)room) && count.Units == units && PartCounter.Parts(text, PartRule.Flat) == count.Parts
            && count.Units + count.UnitsLeft == Math.Max(1, count.Parts) * room;
    });

    [Fact]
    public void Carrier_equals_the_parts_written_out() => Texts.Sample(text =>
    {
        var written = Written(text);
        var count = PartCounter.Count(text, PartRule.Carrier);
        return count.Parts == written.Count && PartCounter.Parts(text, PartRule.Carrier) == written.Count && string.Concat(written) == text;
    });

    [Fact]
    public void A_longer_text_never_takes_fewer_parts() => Texts.Select(Texts).Sample((text, more) =>
        PartCounter.Parts(text + more, PartRule.Carrier) >= PartCounter.Parts(text, PartRule.Carrier)
        && PartCounter.Parts(text + more, PartRule.Flat) >= PartCounter.Parts(text, PartRule.Flat));

    private static IGen<T>[] Consts<T>(params T[] values) => [.. values.Select(Gen.Const)];

    // Null when a character has no place in the alphabet.
    private static List<byte>? Encoded(string text)
    {
        var septets = new List<byte>();
        foreach (var character in text)
        {
            if (GsmAlphabet.Extension.Contains(character))
                septets.Add(0x1b);
            else if (!GsmAlphabet.Basic.Contains(character))
                return null;
            septets.Add(1);
        }

        return septets;
    }

    private static List<string> Written(string text)
    {
        if (text.Length == 0)
            return [];
        var gsm = Encoded(text) is not null;
        int Size(string part) => gsm ? Encoded(part)!.Count : part.Length;
        if (Size(text) <= (gsm ? 160 : 70))
            return [text];
        var parts = new List<string>();
        var open = "";
        foreach (var rune in text.EnumerateRunes())
        {
            if (Size(open + rune) > (gsm ? 153 : 67))
            {
                parts.Add(open);
                open = "";
            }

            open += rune;
        }

        parts.Add(open);
        return parts;
    }
}
