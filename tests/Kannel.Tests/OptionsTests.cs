using Connect.Grains.Messaging;
using Connect.Kannel.Tests.Support;
using Connect.Silo.Gateways.Kannel;
using Microsoft.Extensions.Options;

namespace Connect.Kannel.Tests;

/// <summary>Wrong settings are refused by name, with what would be right, and without a secret.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void Good_settings_are_taken() => Assert.Empty(Wrong(_ => { }));

    [Fact]
    public void Each_wrong_setting_is_named()
    {
        Assert.StartsWith("Kannel:Url is 'kannel:13013'; it must be", One(options => options.Url = "kannel:13013"));
        Assert.StartsWith("Kannel:Url is", One(options => options.Url = "http://user:pass@127.0.0.1/"));
        Assert.StartsWith("Kannel:User must be", One(options => options.User = ""));
        Assert.StartsWith("Kannel:Password must be", One(options => options.Password = "with a blank behind "));
        Assert.StartsWith("Kannel:Password must be", One(options => options.Password = "two\r\nlines"));
        Assert.StartsWith("Kannel:Sender is ''; it must be", One(options => options.Sender = ""));
        Assert.StartsWith("Kannel:CallbackUrl is '/reports'; it must be", One(options => options.CallbackUrl = "/reports"));
        Assert.StartsWith("Kannel:CallbackUrl is", One(options => options.CallbackUrl = "http://127.0.0.1/%20"));
        Assert.StartsWith("Kannel:CallbackSecret must have at least 16 characters", One(options => options.CallbackSecret = "only 15 letters"));
        Assert.StartsWith("Kannel:Connections is 0; it must be 1 to 500.", One(options => options.Connections = 0));
        Assert.StartsWith("Kannel:StatusUrl is 'http://127.0.0.1:13000/'; it must be", One(options => (options.StatusUrl, options.StatusPassword) = ("http://127.0.0.1:13000/", "x")));
        Assert.StartsWith("Kannel:StatusUrl is", One(options => (options.StatusUrl, options.StatusPassword) = ("status.xml", "x")));
        Assert.StartsWith("Kannel:StatusPassword must be", One(options => options.StatusUrl = "http://127.0.0.1:13000/status.xml"));
        Assert.StartsWith("Kannel:AnswerSeconds is 19; it must be 1 to 18.", One(options => options.AnswerSeconds = 19));
    }

    [Fact]
    public void What_Kannel_cuts_off_must_be_more_than_the_part_rule_sells()
    {
        Assert.Contains("is not set. With Messaging:PartRule Flat a text of 3 credits can need 4 parts", One(options => options.MaxMessages = null));
        Assert.Contains("is 3. With Messaging:PartRule Flat", One(options => options.MaxMessages = 3));
        Assert.Empty(Wrong(options => options.MaxMessages = 3, PartRule.Carrier));
        Assert.Contains("is 2. With Messaging:PartRule Carrier a text of 3 credits can need 3 parts", One(options => options.MaxMessages = 2, PartRule.Carrier));
    }

    [Fact]
    public void A_status_page_says_whether_any_link_is_on_duty_and_another_page_says_nothing()
    {
        Assert.True(KannelLinks.NoneOnDuty(Page("dead", "dead")));
        Assert.True(KannelLinks.NoneOnDuty(Page()));
        Assert.False(KannelLinks.NoneOnDuty(Page("dead", "re-connecting")));
        Assert.False(KannelLinks.NoneOnDuty(Page("online 5s")));
        Assert.Throws<System.Xml.XmlException>(() => KannelLinks.NoneOnDuty("<?xml version=\"1.0\"?>\n<gateway>\nDenied</gateway>"));

        static string Page(params string[] links) =>
            $"<?xml version=\"1.0\"?>\n<gateway><status>running</status><smscs><count>{links.Length}</count>{string.Concat(links.Select(status => $"<smsc><status>{status}</status></smsc>"))}</smscs></gateway>";
    }

    [Fact]
    public void No_secret_is_repeated()
    {
        var words = string.Concat(Wrong(options => (options.Password, options.CallbackSecret) = (" hush", "hush")));
        Assert.DoesNotContain("hush", words, StringComparison.Ordinal);
    }

    private static string One(Action<KannelOptions> change, PartRule rule = PartRule.Flat) => Assert.Single(Wrong(change, rule));

    private static string[] Wrong(Action<KannelOptions> change, PartRule rule = PartRule.Flat)
    {
        var options = TestOptions.For(new Uri("http://127.0.0.1:13013/cgi-bin/sendsms"));
        change(options);
        return [.. new KannelOptionsValidator(Options.Create(new MessagingOptions { PartRule = rule })).Validate(null, options).Failures ?? []];
    }
}
