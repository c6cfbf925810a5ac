using Connect.Grains.Messaging.Engine;

namespace Connect.Grains.Tests.Messaging.Engine;

public sealed class InboundKeywordsTests
{
    [Theory]
    [InlineData("STOP", "STOP")]
    [InlineData("STOPALL", "STOPALL")]
    [InlineData("UNSUBSCRIBE", "UNSUBSCRIBE")]
    [InlineData("CANCEL", "CANCEL")]
    [InlineData("END", "END")]
    [InlineData("QUIT", "QUIT")]
    [InlineData("OPTOUT", "OPTOUT")]
    [InlineData("REVOKE", "REVOKE")]
    [InlineData("stop", "STOP")]
    [InlineData("  \r\n\tStop please", "STOP")]
    [InlineData("\"Stop.\"", "STOP")]
    [InlineData("¡¡stop!!", "STOP")]
    [InlineData("stop,thanks", "STOP")]
    [InlineData("Stop all", "STOP")]
    [InlineData("opt-out", "OPTOUT")]
    [InlineData("Opt‑Out!", "OPTOUT")]
    [InlineData("\u200BSTOP\uFEFF", "STOP")]
    [InlineData("ＳＴＯＰ", "STOP")]
    [InlineData("🛑 stop", "STOP")]
    public void These_opt_out(string text, string word) => Assert.Equal(new(InboundWish.OptOut, word), InboundKeywords.Read(text));

    [Theory]
    [InlineData("START", "START")]
    [InlineData("UNSTOP", "UNSTOP")]
    [InlineData("YES", "YES")]
    [InlineData("yes!", "YES")]
    [InlineData("Start again", "START")]
    public void These_opt_in_again(string text, string word) => Assert.Equal(new(InboundWish.OptIn, word), InboundKeywords.Read(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("?!")]
    [InlineData("Please stop")]
    [InlineData("STOPPED by yesterday, great food")]
    [InlineData("STOPALLOFITNOWANDFOREVERPLEASE")]
    [InlineData("don't stop")]
    [InlineData("end-of-year table for four?")]
    [InlineData("1 stop")]
    [InlineData("NO")]
    [InlineData("s t o p")]
    [InlineData("Stоp")] // with a Cyrillic letter
    public void Everything_else_is_passed_over(string? text) => Assert.Equal(new(InboundWish.None, ""), InboundKeywords.Read(text));
}
