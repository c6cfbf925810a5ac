using Connect.Grains.Campaigns;
using Connect.Grains.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Connect.Grains.Tests.Messaging;

public sealed class MessagingOptionsTests
{
    private static MessagingOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build();
        return new ServiceCollection().AddCampaigns(configuration).BuildServiceProvider().GetRequiredService<IOptions<MessagingOptions>>().Value;
    }

    [Fact]
    public void Without_settings_texts_are_counted_flat_and_numbers_are_Australian() => Assert.Equal((PartRule.Flat, "AU"), (Read().PartRule, Read().Country));

    [Fact]
    public void Settings_are_read() => Assert.Equal(PartRule.Carrier, Read(("Messaging:PartRule", "Carrier")).PartRule);

    [Theory]
    [InlineData("Messaging:Country", "Australia")]
    [InlineData("Messaging:Country", "")]
    [InlineData("Messaging:PartRule", "7")]
    [InlineData("Messaging:HandOverConcurrency", "0")]
    [InlineData("Messaging:HandOverWindow", "501")]
    [InlineData("Messaging:PagesInFlight", "33")]
    [InlineData("Messaging:MaxPerSecond", "-1")]
    [InlineData("Messaging:MaxPerSecond", "100001")]
    [InlineData("Messaging:MaxConcurrent", "-1")]
    [InlineData("Messaging:MaxConcurrent", "10001")]
    public void A_wrong_setting_is_named(string key, string value) =>
        Assert.Contains(key, Assert.Throws<OptionsValidationException>(() => Read((key, value))).Message, StringComparison.Ordinal);
}
