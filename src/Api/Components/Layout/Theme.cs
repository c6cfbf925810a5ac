using MudBlazor;

namespace Connect.Api.Components.Layout;

/// <summary>Colours and type of the pages. Every text colour has at least 4.5 to 1 contrast on the surfaces it is used on.</summary>
internal static class Theme
{
    private static readonly string[] SystemFonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Ubuntu", "Cantarell", "Noto Sans", "DejaVu Sans", "sans-serif"];

    public static MudTheme Connect { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b6b5d",
            PrimaryDarken = "#08544a",
            PrimaryLighten = "#e3f2ef",
            Secondary = "#8a3b12",
            Background = "#f6f5f1",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#1b2530",
            TextPrimary = "#1b2530",
            TextSecondary = "#4d5966",
            TextDisabled = "#6b7682",
            ActionDefault = "#4d5966",
            LinesInputs = "#7c8894",
            LinesDefault = "#dfe3e6",
            Divider = "#e6e8ea",
            Error = "#b3261e",
            Success = "#176c3a",
            Warning = "#8a5200",
            Info = "#1f5a9e",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "10px", AppbarHeight = "60px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = SystemFonts, FontSize = "1rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = SystemFonts, FontSize = ".95rem", FontWeight = "600", LetterSpacing = "normal", TextTransform = "none" },
            Body1 = new Body1Typography { FontFamily = SystemFonts, LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = SystemFonts, LetterSpacing = "normal" },
            Caption = new CaptionTypography { FontFamily = SystemFonts, LetterSpacing = "normal" },
            Subtitle1 = new Subtitle1Typography { FontFamily = SystemFonts, LetterSpacing = "normal" },
            H6 = new H6Typography { FontFamily = SystemFonts, LetterSpacing = "normal" },
        },
    };
}
